// The report as one HTML file, and its figures as a script that node draws.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/numbers.h"
#include "reports/html/assets.h"
#include "reports/html/cost_units.h"
#include "reports/html/figures.h"
#include "reports/html/report.h"
#include "reports/html/theme.h"

namespace bitloom::reports {
namespace {

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text) {
    if (c == '&')
      html += "&amp;";
    else if (c == '<')
      html += "&lt;";
    else if (c == '>')
      html += "&gt;";
    else if (c == '"')
      html += "&quot;";
    else if (c == '\'')
      html += "&#39;";
    else
      html += c;
  }
  return html;
}

/// JSON that no `</script>` or `<!--` in a name can end.
std::string script_json(const Json& json) {
  std::string text;
  for (const char c : bitloom::json_text(json)) text += c == '<' ? "\\u003c" : std::string(1, c);
  return text;
}

/// `page` with every `{{NAME}}` as `parts` has it; what is put in is not looked at again.
std::string filled(std::string_view page, const std::map<std::string, std::string>& parts) {
  std::string text;
  for (std::size_t at = 0;;) {
    const std::size_t open = page.find("{{", at);
    text += page.substr(at, open - at);
    if (open == std::string_view::npos) return text;
    const std::size_t close = page.find("}}", open);
    ensure(close != std::string_view::npos, "the page's braces are closed");
    text += parts.at(std::string(page.substr(open + 2, close - open - 2)));
    at = close + 2;
  }
}

/// `energy (mJ)`, `weight_bits_mean` -> `weight bits mean`; `array.dm` stays.
std::string heading(std::string text) {
  if (text.find('.') != std::string::npos) return text;  // a key of a description
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// A heading that may go on in the next line after a dot or an underscore.
std::string breakable(const std::string& html) {
  std::string text;
  for (const char c : html)
    text += c == '.' || c == '_' ? std::string(1, c) + "<wbr>" : std::string(1, c);
  return text;
}

/// A number, or a text that is one: `45.45`, `-0.12 %`, a dash.
bool reads_as_number(const Json& cell) {
  if (cell.is_number() || cell.is_null()) return true;
  if (!cell.is_string()) return false;
  const std::string_view text = cell.get_ref<const std::string&>();
  const auto number = parse_leading_real(text.substr(text.starts_with('+') ? 1 : 0));
  return text == "–" || (number && (number->rest.empty() || number->rest == " %"));
}

/// Whether a column is aligned as numbers are: all of its cells read as such, and not all are
/// absent.
bool is_number_column(const DataTable& data, std::size_t column) {
  return std::all_of(data.rows.begin(), data.rows.end(),
                     [&](const auto& row) { return reads_as_number(row[column]); }) &&
         std::any_of(data.rows.begin(), data.rows.end(),
                     [&](const auto& row) { return !row[column].is_null() && row[column] != "–"; });
}

std::string table_html(const Figure& figure) {
  const DataTable& data = figure.data;
  constexpr std::size_t kMany = 10;
  const std::vector<std::size_t> shown = figure.shown_columns();
  std::string html = fmt::format("<div class=\"scroll\"><table{}><thead><tr>",
                                 shown.size() > kMany ? " class=\"dense\"" : "");
  std::vector<bool> is_number(data.columns.size());
  std::vector<ShownColumn> columns;
  for (std::size_t i = 0; i < data.columns.size(); ++i) columns.push_back(shown_column(data, i));
  for (const std::size_t i : shown) {
    is_number[i] = is_number_column(data, i);
    html += fmt::format("<th scope=\"col\"{}>{}</th>", is_number[i] ? " class=\"n\"" : "",
                        breakable(escaped(heading(columns[i].heading))));
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : data.rows) {
    html += "<tr>";
    for (const std::size_t i : shown) {
      const Json& cell = row[i];
      const std::string text = escaped(columns[i].text(cell));
      const char* kind = cell.is_string() && !is_number[i] ? "" : " class=\"n\"";
      if (text == "pass" || text == "yes") kind = " class=\"good\"";
      if (text == "FAIL" || text == "NO") kind = " class=\"bad\"";
      html += fmt::format("<td{}>{}</td>", kind, text);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

/// A file to look at and to save.
std::string file_html(const std::string& name, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format(
      "<details><summary>{0}</summary><button data-file=\"{0}\">Save</button>"
      "<pre>{1}</pre></details>\n",
      name, escaped(text));
}

/// Groups of a figure's rows; the script puts the rows into what is opened.
std::string folds_html(const Figure& figure) {
  std::string html;
  for (const Fold& fold : figure.folds)
    html += fmt::format("<details class=\"fold\"><summary>{}</summary>\n{}</details>\n",
                        escaped(fold.title), file_html(fold.file_name, fold.file_text));
  return html;
}

std::string figure_html(const Section& section, const Figure& figure) {
  const bool drawn = !figure.spec.is_null();
  const std::string id = figure_id(section, figure);
  std::string html =
      fmt::format("<figure id=\"{0}\"><figcaption><h3>{1}</h3><p>{2}</p></figcaption>\n",
                  escaped(id), escaped(figure.title), escaped(figure.caption));
  if (!figure.folds.empty())
    html += folds_html(figure);
  else
    html += drawn ? "<div class=\"chart\"></div>\n" : table_html(figure);
  html += "<div class=\"tools\"><button data-save=\"csv\">CSV</button>";
  if (drawn)
    html +=
        "<button data-save=\"svg\">SVG</button><button data-save=\"png\">PNG</button>"
        "<details><summary>Data</summary></details>";
  return html + "</div></figure>\n";
}

/// The policy as `--policy` takes it; empty where the run has none.
std::string policy_text(const Run& run) {
  if (run.policy.empty()) return "";
  return json_text(PolicyFile{.network = run.network, .layers = run.policy});
}

std::string details_html(const Run& run) {
  std::string html = "<section class=\"origin\"><h3>How it was made</h3>\n<dl>";
  const auto add = [&](const char* term, const std::string& text) {
    if (!text.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>", term, escaped(text));
  };
  if (run.command.empty())
    add("command", "the manifest has none");
  else
    html += fmt::format("<dt>command</dt><dd><code>{}</code></dd>", escaped(run.command));
  add("version", run.version.empty() ? "" : "bitloom " + run.version);
  add("engine", run.engine);
  add("quantizer", run.quantizer);
  add("images of the search", run.reward_data);
  add("images of the final figure", run.final_data);
  return html + "</dl>\n" + file_html("policy.json", policy_text(run)) +
         file_html("manifest.json", run.manifest) + "</section>\n";
}

std::string section_html(const Section& section) {
  std::string html = fmt::format("<section class=\"run\"><h2>{}</h2>\n", escaped(section.title));
  if (!section.lines.empty()) {
    html += "<ol class=\"lines\">";
    for (const std::string& line : section.lines) {
      const std::size_t colon = line.find(':');
      html += fmt::format("<li><b>{}</b>{}</li>\n", escaped(line.substr(0, colon + 1)),
                          escaped(line.substr(colon + 1)));
    }
    html += "</ol>\n";
  }
  for (const Figure& figure : section.figures) html += figure_html(section, figure);
  if (!section.absent.empty()) {
    html += "<section class=\"absent\"><h3>Not in this run's folder</h3><ul>";
    for (const std::string& part : section.absent) html += "<li>" + escaped(part) + "</li>";
    html += "</ul></section>\n";
  }
  if (section.run) html += details_html(*section.run);
  return html + "</section>\n";
}

bool same(const DataTable& a, const DataTable& b) {
  return a.columns == b.columns && a.rows == b.rows;
}

/// The figures of a section for the script; rows that several have are there once.
void add_figures(const Section& section, Json& figures) {
  for (const Figure& figure : section.figures) {
    Json json{{"id", figure_id(section, figure)},
              {"title", figure.title},
              {"columns", figure.data.columns}};
    const auto first =
        std::find_if(section.figures.begin(), section.figures.end(),
                     [&](const Figure& other) { return same(other.data, figure.data); });
    if (&*first == &figure)
      json["rows"] = figure.data.rows;
    else
      json["rows_of"] = figure_id(section, *first);
    json["spec"] = figure.spec;
    figures.push_back(std::move(json));
  }
}

}  // namespace

std::string report_html(const Report& report) {
  std::string body;
  Json figures = Json::array();
  for (const Section& section : report.sections) {
    body += section_html(section);
    add_figures(section, figures);
  }
  return filled(assets::page_html(), {{"TITLE", escaped(report.title)},
                                      {"VERSION", escaped(report.version)},
                                      {"THEME", theme_css()},
                                      {"STYLE", std::string(assets::style_css())},
                                      {"BODY", body},
                                      {"FIGURES", script_json(figures)},
                                      {"VEGA", std::string(assets::vega_js())},
                                      {"SCRIPT", std::string(assets::report_js())}});
}

std::string svg_script(const Report& report) {
  constexpr int kWidth = 1000;
  Json specs = Json::array();
  for (const Section& section : report.sections)
    for (const Figure& figure : section.figures)
      if (!figure.spec.is_null())
        specs.push_back(
            {{"id", figure_id(section, figure)}, {"spec", figure.complete_spec(kWidth)}});
  return fmt::format("{}\nconst specs = {};\n{}", assets::vega_js(), script_json(specs),
                     assets::svg_js());
}

std::string on_paper(std::string svg) { return with_light_colors(std::move(svg)) + "\n"; }

}  // namespace bitloom::reports
