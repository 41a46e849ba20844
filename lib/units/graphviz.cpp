// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units/graphviz.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

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

/// Draws one transaction.
class Drawing {
public:
    Drawing(const DependencyGraph& graph, const Transaction& transaction, const UnitGraphOptions& options)
        : graph_(graph), transaction_(transaction), options_(options), jobs_(graph, transaction) {}

    std::string draw();

private:
    void draw_legend();
    void draw_clusters();
    void draw_edge(const Edge& edge);
    void draw_requirements();
    void draw_orderings();
    [[nodiscard]] bool is_shown(const Edge& edge) const;
    [[nodiscard]] std::vector<const Edge*> shown_orderings() const;

    const DependencyGraph& graph_;
    const Transaction& transaction_;
    const UnitGraphOptions& options_;
    JobIndex jobs_;
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
    if (options_.requirements) draw_requirements();
    if (options_.ordering) draw_orderings();
    return text_ + "}\n";
}

void Drawing::draw_legend() {
    text_ +=
        "  labelloc=b; label=\"solid: Requires   bold: BindsTo   dashed: Wants, Upholds, Requisite   dotted: Before\\n"
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

void Drawing::draw_edge(const Edge& edge) {
    text_ += "  " + quoted(graph_.node(edge.from).name) + " -> " + quoted(graph_.node(edge.to).name) +
             " [style=" + std::string(line_of(edge.kind)) + ", color=\"" + std::string(color_of(edge.origins())) +
             "\", tooltip=\"" + std::string(to_string(Relation{edge.kind})) + " (" + to_string(edge.origins()) + ")\"" +
             (edge.kind == DependencyKind::before ? ", constraint=false" : "") + "];\n";
}

void Drawing::draw_requirements() {
    for (const Edge& edge : graph_.edges())
        if (pulls_in(edge.kind) && is_shown(edge)) draw_edge(edge);
}

std::vector<const Edge*> Drawing::shown_orderings() const {
    std::vector<const Edge*> shown;
    for (const Edge& edge : graph_.edges())
        if (edge.kind == DependencyKind::before && is_shown(edge)) shown.push_back(&edge);
    return shown;
}

/// Leaves out the orderings that follow from two or more others.
void Drawing::draw_orderings() {
    const std::vector<const Edge*> shown = shown_orderings();
    if (transaction_.jobs.size() > reduction_limit) {
        for (const Edge* edge : shown) draw_edge(*edge);
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
            draw_edge(*edge);
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
