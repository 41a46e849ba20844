// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/graphviz.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace sandgraft::units {

namespace {

/// Above this, finding the orderings that follow from others takes longer than the picture is worth.
constexpr std::size_t reduction_limit = 2000;

struct TypeStyle {
    std::string_view shape, fill;
};

TypeStyle style_of(UnitType type) {
    switch (type) {
        case UnitType::service: return {"box", "#ffffff"};
        case UnitType::target: return {"octagon", "#e8eef7"};
        case UnitType::socket: return {"cds", "#e6f4ea"};
        case UnitType::timer: return {"ellipse", "#fff4d6"};
        case UnitType::path: return {"note", "#fff4d6"};
        case UnitType::mount:
        case UnitType::automount:
        case UnitType::swap: return {"folder", "#f3e8f7"};
        case UnitType::slice:
        case UnitType::scope: return {"tab", "#eeeeee"};
        case UnitType::device: break;
    }
    return {"box3d", "#f7e8e8"};
}

/// What a reader should see first decides when there are several.
std::string_view color_of(OriginSet origins) {
    if (contains(origins, Origin::file) || contains(origins, Origin::mount_file)) return "#1f4e9c";
    if (contains(origins, Origin::implicit)) return "#2e8b57";
    if (contains(origins, Origin::path)) return "#c06000";
    return "#a0a0a0";
}

std::string_view line_of(DependencyKind kind) {
    switch (kind) {
        case DependencyKind::requires_: return "solid";
        case DependencyKind::binds_to: return "bold";
        case DependencyKind::before: return "dotted";
        default: return "dashed";
    }
}

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

/// What is drawn between two units: their requirements of one direction, and perhaps their order.
struct Line {
    enum class Later : std::uint8_t { unknown, tail, head };
    std::string_view style;
    OriginSet origins = 0;
    std::string tooltip = {};
    Later later = Later::unknown;
};

/// Draws one transaction. Edges that do not constrain the ranks make Graphviz 2.43 abort ("merge_chain") or never end
/// when the units are in clusters. So there is one line for all that is between two units in one direction, and an
/// ordering alone is drawn from the later unit, as most requirements are.
class Drawing {
public:
    Drawing(const DependencyGraph& graph, const Transaction& transaction, const UnitGraphOptions& options)
        : graph_(graph), transaction_(transaction), options_(options), jobs_(graph, transaction) {}

    std::string draw();

private:
    void draw_legend();
    void draw_clusters();
    void draw_lines();
    void add_requirements();
    void add_orderings();
    void add_ordering(const Edge& edge);
    Line& line(NodeId tail, NodeId head, std::string_view style);
    static void add_to(Line& line, const Edge& edge, Relation relation);
    [[nodiscard]] bool is_shown(const Edge& edge) const;
    [[nodiscard]] std::vector<const Edge*> shown_orderings() const;

    const DependencyGraph& graph_;
    const Transaction& transaction_;
    const UnitGraphOptions& options_;
    JobIndex jobs_;
    std::map<std::pair<NodeId, NodeId>, Line> lines_;  ///< by tail and head
    std::string text_;
};

std::string Drawing::draw() {
    text_ =
        "digraph units {\n"
        "  rankdir=LR; ranksep=1.2; nodesep=0.12; splines=true; concentrate=false;\n"
        "  fontname=\"sans-serif\"; fontsize=11;\n"
        "  node [fontname=\"sans-serif\", fontsize=9, height=0.25, margin=\"0.08,0.03\", style=filled];\n"
        "  edge [arrowsize=0.5, penwidth=0.8];\n";
    draw_legend();
    draw_clusters();
    if (options_.requirements) add_requirements();
    if (options_.ordering) add_orderings();
    draw_lines();
    return text_ + "}\n";
}

void Drawing::draw_legend() {
    text_ +=
        "  labelloc=b; label=\"solid: Requires   bold: BindsTo   dashed: Wants, Upholds, Requisite   "
        "dotted: to what comes after\\na ring at an end: that unit comes after the other   "
        "blue: from a file   green: implicit   orange: from a path   grey: default\";\n";
}

void Drawing::draw_clusters() {
    std::map<UnitType, std::vector<NodeId>> by_type;
    for (const Job& job : transaction_.jobs)
        if (job.type == JobType::start) by_type[graph_.node(job.unit).type].push_back(job.unit);
    for (const auto& [type, units] : by_type) {
        const TypeStyle style = style_of(type);
        const std::string name(to_string(type));
        text_ += "  subgraph cluster_" + name + " {\n    label=\"" + name +
                 "\"; color=\"#d0d0d0\";\n    node [shape=" + std::string(style.shape) + ", fillcolor=\"" +
                 std::string(style.fill) + "\"];\n";
        for (const NodeId unit : units) text_ += "    " + quoted(graph_.node(unit).name) + ";\n";
        text_ += "  }\n";
    }
}

bool Drawing::is_shown(const Edge& edge) const {
    if (!jobs_.starts(edge.from) || !jobs_.starts(edge.to)) return false;
    if (options_.defaults) return true;
    if (graph_.node(edge.from).type == UnitType::slice || graph_.node(edge.to).type == UnitType::slice) return false;
    return edge.origins() != as_set(Origin::default_);
}

Line& Drawing::line(NodeId tail, NodeId head, std::string_view style) {
    return lines_.try_emplace({tail, head}, Line{.style = style}).first->second;
}

void Drawing::add_to(Line& line, const Edge& edge, Relation relation) {
    line.origins |= edge.origins();
    line.tooltip.append(line.tooltip.empty() ? "" : ", ").append(to_string(relation));
    line.tooltip.append(" (").append(to_string(edge.origins())).append(")");
}

void Drawing::draw_lines() {
    for (const auto& [ends, line] : lines_) {
        const bool orders_only = line.style == line_of(DependencyKind::before);
        const std::string_view ring = orders_only                       ? ", dir=back"
                                      : line.later == Line::Later::tail ? ", dir=both, arrowtail=odot"
                                      : line.later == Line::Later::head ? ", arrowhead=normalodot"
                                                                        : "";
        text_.append("  ").append(quoted(graph_.node(ends.first).name)).append(" -> ");
        text_.append(quoted(graph_.node(ends.second).name)).append(" [style=").append(line.style);
        text_.append(", color=\"").append(color_of(line.origins)).append("\", tooltip=\"").append(line.tooltip);
        text_.append("\"").append(ring).append("];\n");
    }
}

/// The edges of a unit are sorted by kind, so the first one is the strongest.
void Drawing::add_requirements() {
    for (const Edge& edge : graph_.edges())
        if (pulls_in(edge.kind) && is_shown(edge))
            add_to(line(edge.from, edge.to, line_of(edge.kind)), edge, {edge.kind});
}

void Drawing::add_ordering(const Edge& edge) {
    const bool is_required_before = !lines_.contains({edge.to, edge.from}) && lines_.contains({edge.from, edge.to});
    const NodeId tail = is_required_before ? edge.from : edge.to;
    const NodeId head = is_required_before ? edge.to : edge.from;
    Line& drawn = line(tail, head, line_of(edge.kind));
    drawn.later = is_required_before ? Line::Later::head : Line::Later::tail;
    add_to(drawn, edge, is_required_before ? relation::before : relation::after);
}

std::vector<const Edge*> Drawing::shown_orderings() const {
    std::vector<const Edge*> shown;
    for (const Edge& edge : graph_.edges())
        if (edge.kind == DependencyKind::before && is_shown(edge)) shown.push_back(&edge);
    return shown;
}

/// Leaves out the orderings that follow from two or more others.
void Drawing::add_orderings() {
    const std::vector<const Edge*> shown = shown_orderings();
    if (transaction_.jobs.size() > reduction_limit) {
        for (const Edge* edge : shown) add_ordering(*edge);
        return;
    }
    const std::size_t count = transaction_.jobs.size() + 1;
    // later[a][b]: b comes after a in every order; the places of the jobs are one such order.
    std::vector<std::vector<bool>> later(count, std::vector<bool>(count));
    std::vector<std::vector<const Edge*>> from(count);
    for (const Edge* edge : shown) from[jobs_.place(edge->from)].push_back(edge);
    for (std::size_t place = count; place-- > 1;) {
        auto& edges = from[place];
        std::sort(edges.begin(), edges.end(),
                  [this](const Edge* a, const Edge* b) { return jobs_.place(a->to) < jobs_.place(b->to); });
        for (const Edge* edge : edges) {
            const std::size_t to = jobs_.place(edge->to);
            if (later[place][to]) continue;
            add_ordering(*edge);
            later[place][to] = true;
            for (std::size_t i = 1; i < count; ++i) later[place][i] = later[place][i] || later[to][i];
        }
    }
}

}  // namespace

std::string to_dot(const DependencyGraph& graph, const Transaction& transaction, const UnitGraphOptions& options) {
    return Drawing(graph, transaction, options).draw();
}

}  // namespace sandgraft::units
