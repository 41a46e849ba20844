// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/jobs/job_set.hpp"

namespace sandgraft::units {

JobId JobSet::live(JobId job) const {
    while (job != none && !jobs_[job].alive) job = jobs_[job].next;
    return job;
}

JobId JobSet::find(NodeId unit, JobType type) const {
    for (JobId job = first(unit); job != none; job = next(job))
        if (jobs_[job].type == type) return job;
    return none;
}

bool JobSet::unit_matters(NodeId unit) const {
    for (JobId job = first(unit); job != none; job = next(job))
        if (jobs_[job].matters) return true;
    return false;
}

bool JobSet::is_conflicted(JobId job) const {
    for (std::uint32_t l = jobs_[job].pulled_by; l != none; l = links_[l].next_of_object)
        if (links_[l].alive && links_[l].conflicts) return true;
    return false;
}

JobId JobSet::add(NodeId unit, JobType type) {
    const auto job = static_cast<JobId>(jobs_.size());
    Entry& entry = jobs_.emplace_back();
    entry.unit = unit;
    entry.type = type;
    entry.next = first_[unit];
    first_[unit] = job;
    return job;
}

void JobSet::link(JobId subject, JobId object, bool matters, bool conflicts) {
    const auto id = static_cast<std::uint32_t>(links_.size());
    links_.push_back({subject, object, matters, conflicts, true, jobs_[subject].pulled_in, jobs_[object].pulled_by});
    jobs_[subject].pulled_in = id;
    jobs_[object].pulled_by = id;
    ++jobs_[object].pulls;
}

void JobSet::drop_link(Link& link) {
    if (!link.alive) return;
    link.alive = false;
    if (--jobs_[link.object].pulls == 0) unpulled_.push_back(link.object);
}

void JobSet::remove(JobId job) {
    jobs_[job].alive = false;
    removed_.push_back(job);
    for (std::uint32_t l = jobs_[job].pulled_in; l != none; l = links_[l].next_of_subject) drop_link(links_[l]);
    for (std::uint32_t l = jobs_[job].pulled_by; l != none; l = links_[l].next_of_object) drop_link(links_[l]);
}

void JobSet::remove_with_dependents(JobId job) {
    std::vector<JobId> pending{job};
    while (!pending.empty()) {
        const JobId gone = pending.back();
        pending.pop_back();
        if (!jobs_[gone].alive) continue;
        for (std::uint32_t l = jobs_[gone].pulled_by; l != none; l = links_[l].next_of_object)
            if (links_[l].alive && links_[l].matters) pending.push_back(links_[l].subject);
        remove(gone);
    }
}

void JobSet::remove_unit(NodeId unit) {
    for (JobId job = first(unit); job != none; job = first(unit)) remove_with_dependents(job);
}

void JobSet::collect_garbage() {
    while (!unpulled_.empty()) {
        const JobId job = unpulled_.back();
        unpulled_.pop_back();
        const Entry& entry = jobs_[job];
        if (entry.alive && !entry.goal && entry.pulls == 0) remove(job);
    }
}

void JobSet::merge(JobId into, JobId from, JobType type) {
    jobs_[into].type = type;
    jobs_[into].matters = jobs_[into].matters || jobs_[from].matters;
    jobs_[into].goal = jobs_[into].goal || jobs_[from].goal;
    std::vector<Link> moved;
    for (std::uint32_t l = jobs_[from].pulled_in; l != none; l = links_[l].next_of_subject)
        if (links_[l].alive) moved.push_back(links_[l]);
    for (std::uint32_t l = jobs_[from].pulled_by; l != none; l = links_[l].next_of_object)
        if (links_[l].alive) moved.push_back(links_[l]);
    for (const Link& old : moved)
        link(old.subject == from ? into : old.subject, old.object == from ? into : old.object, old.matters,
             old.conflicts);
    remove(from);
}

void JobSet::mark_what_matters() {
    std::vector<JobId> pending;
    for (JobId job = 0; job < jobs_.size(); ++job)
        if (jobs_[job].alive && jobs_[job].goal) pending.push_back(job);
    for (const JobId job : pending) jobs_[job].matters = true;
    while (!pending.empty()) {
        const JobId job = pending.back();
        pending.pop_back();
        for (std::uint32_t l = jobs_[job].pulled_in; l != none; l = links_[l].next_of_subject) {
            Entry& object = jobs_[links_[l].object];
            if (!links_[l].alive || !links_[l].matters || object.matters) continue;
            object.matters = true;
            pending.push_back(links_[l].object);
        }
    }
}

}  // namespace sandgraft::units
