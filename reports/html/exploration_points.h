#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/html/figure.h"
#include "reports/results/exploration.h"

/// What the figures and sentences of an exploration have in common. An objective is told by its
/// place in ExploredStore::objectives.
namespace bitloom::reports {

/// `latency_ms`.
const std::string& objective_column(const ExploredStore& store, std::size_t objective);
double objective_value(const ExploredStore& store, const ExploredPoint& point,
                       std::size_t objective);
bool more_is_better(const ExploredStore& store, std::size_t objective);
/// The objectives of a point in words: `latency 62.03 ms, energy 55.13 mJ, lut 50115`.
std::string objectives_text(const ExploredStore& store, const ExploredPoint& point);

/// A knob's value: a number where it is one.
Json setting_cell(const std::string& value);
/// The knobs that differ along the front, by number, and those that do not.
std::vector<std::size_t> varying_knobs(const ExploredStore& store);
std::vector<std::size_t> constant_knobs(const ExploredStore& store);
/// What tells a point: the knobs that differ along the front, or all where none does.
std::vector<std::size_t> telling_knobs(const ExploredStore& store);
/// `array.dn=4 buffers.weight_words=2048`.
std::string settings_text(const ExploredStore& store, const ExploredPoint& point,
                          const std::vector<std::size_t>& knobs);

/// The points of the front that are drawn and listed, by place: all, or of more than 2000 those
/// that are chosen and others evenly along the front.
std::vector<std::size_t> shown_front(const ExploredStore& store);
/// `knee`, where the point at that place is chosen; else empty.
std::string chosen_name(const ExploredStore& store, std::size_t at);

/// `1 point`, `2 points`.
std::string count_text(std::int64_t count, const std::string& what);
/// A text for the beginning of a sentence.
std::string capitalized(std::string text);

/// By which part of itself an objective changes with a step: 0.1 is 10 per cent more. None where
/// the step is refused or the objective is 0 before it.
std::optional<double> change_of(const ExploredStore& store, const ChosenPoint& chosen,
                                const ExploredStep& step, std::size_t objective);
/// The objective's elasticity to the knob: ln(after / before) / ln(to / from), per cent of change
/// for one per cent of the knob. None where the knob's values or the objective are not above 0.
std::optional<double> elasticity_of(const ExploredStore& store, const ChosenPoint& chosen,
                                    const ExploredStep& step, std::size_t objective);
/// `+12.3 %`.
std::string change_text(double change);

}  // namespace bitloom::reports
