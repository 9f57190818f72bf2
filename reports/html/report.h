#pragma once

#include "reports/html/figure.h"
#include "reports/results/run.h"

namespace bitloom::reports {

/// What a run was asked, found and gained, in a few lines for people.
std::vector<std::string> summary_lines(const Run& run);

/// A part of the report: a run, or what several runs have in common.
struct Section {
  std::string id;  // begins the names of its figures' files; empty for a report's only run
  std::string title;
  std::vector<std::string> lines;
  std::vector<Figure> figures;
  std::vector<std::string> absent;  // what the run's folder has not, and which command makes it
  const Run* run = nullptr;         // null where the section is of several
  std::vector<std::string> technologies = {};  // of its energies, those that are told
};

struct Report {
  std::string title;
  std::string version;  // of the program that writes it
  std::vector<Section> sections;
};

/// The report of one run or several; keeps pointers to `runs`.
Report make_report(const std::vector<Run>& runs, const std::string& version);

/// `SECTION-FIGURE`, a name of its own for each figure of a report.
std::string figure_id(const Section& section, const Figure& figure);

/// One file that needs nothing else.
std::string report_html(const Report& report);
/// The same as tables.
std::string report_markdown(const Report& report);

/// A script for node that prints a JSON list of `{"id", "svg"}`, a drawn figure each.
std::string svg_script(const Report& report);
/// A figure as the script draws it, in the colours of paper.
std::string on_paper(std::string svg);

}  // namespace bitloom::reports
