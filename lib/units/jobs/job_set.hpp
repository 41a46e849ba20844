// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "units/jobs/job.hpp"

#include <cstdint>
#include <vector>

namespace sandgraft::units {

using JobId = std::uint32_t;
inline constexpr std::uint32_t none = 0xffffffff;

/// Jobs that are being put together, with the links by which one pulled in another. A unit can have several jobs
/// until they are merged. Jobs and links live in flat arrays and are only marked as gone.
class JobSet {
public:
    struct Entry {
        NodeId unit;
        JobType type;
        bool alive = true;
        bool matters = false;  ///< a goal needs it
        bool goal = false;
        std::uint32_t pulled_in = none;  ///< first link of which this is the subject
        std::uint32_t pulled_by = none;  ///< first link of which this is the object
        std::uint32_t pulls = 0;         ///< live links of which this is the object
        JobId next = none;               ///< the unit's next job
    };
    struct Link {
        JobId subject, object;
        bool matters;
        bool conflicts;
        bool alive = true;
        std::uint32_t next_of_subject, next_of_object;
    };

    explicit JobSet(std::size_t units) : first_(units, none) {}

    [[nodiscard]] std::size_t size() const noexcept { return jobs_.size(); }
    [[nodiscard]] Entry& operator[](JobId job) { return jobs_[job]; }
    [[nodiscard]] const Entry& operator[](JobId job) const { return jobs_[job]; }

    /// The unit's latest live job, or none; the others follow by next().
    [[nodiscard]] JobId first(NodeId unit) const { return live(first_[unit]); }
    [[nodiscard]] JobId next(JobId job) const { return live(jobs_[job].next); }
    [[nodiscard]] JobId find(NodeId unit, JobType type) const;
    /// Whether any job of the unit matters to a goal.
    [[nodiscard]] bool unit_matters(NodeId unit) const;
    [[nodiscard]] bool is_conflicted(JobId job) const;

    JobId add(NodeId unit, JobType type);
    void link(JobId subject, JobId object, bool matters, bool conflicts);

    /// Removes one job and its links.
    void remove(JobId job);
    /// Removes a job, and every job that needs it.
    void remove_with_dependents(JobId job);
    void remove_unit(NodeId unit);
    /// All that were removed, in that order.
    [[nodiscard]] const std::vector<JobId>& removed() const noexcept { return removed_; }
    /// Removes the jobs that nothing pulls in any more.
    void collect_garbage();
    /// Makes `from` part of `into`, its links included.
    void merge(JobId into, JobId from, JobType type);
    /// Marks what the goals need, by links that matter.
    void mark_what_matters();

private:
    [[nodiscard]] JobId live(JobId job) const;
    void drop_link(Link& link);

    std::vector<Entry> jobs_;
    std::vector<Link> links_;
    std::vector<JobId> first_;
    std::vector<JobId> unpulled_;  ///< candidates for collect_garbage()
    std::vector<JobId> removed_;
};

}  // namespace sandgraft::units
