#include "rtl/verify/rtl_sources.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

/// Modules in `rtl` that a core does not have.
bool is_outside_the_core(const fs::path& file) {
  static const std::set<std::string> alone{"serialiser", "fusion_unit", "bit_brick", "shift_unit",
                                           "shift_column"};
  return alone.count(file.stem().string()) > 0;
}

std::vector<fs::path> modules_in(const fs::path& rtl) {
  std::vector<fs::path> modules = files_with(rtl, ".sv");
  std::erase_if(modules, is_outside_the_core);
  return modules;
}

bool holds_a_package(const std::string& text) {
  return text.find("endpackage") != std::string::npos;
}

/// A UserError where a file of the copy includes what does not lie beside it: a core's key is a
/// hash of these files alone.
void require_includes_beside(const fs::path& own, const fs::path& rtl) {
  const std::regex include("^\\s*`include\\s*(.*)$");
  const std::regex quoted("^\"([^\"/]+)\".*");
  for (const fs::path& file : design_files(own)) {
    std::istringstream lines(read_file(file.string()));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      std::smatch found, name;
      if (!std::regex_search(line, found, include)) continue;
      const std::string what = found[1];
      const bool is_a_name = std::regex_match(what, name, quoted);
      if (is_a_name && (fs::exists(own / name[1].str()) || fs::exists(rtl / name[1].str())))
        continue;
      throw UserError(fmt::format(
          "{}:{}: `include {}: {}headers of a copy lie beside its modules", file.string(), number,
          what, is_a_name ? fmt::format("no {} in {}; ", name[1].str(), own.string()) : ""));
    }
  }
}

bool is_header(const fs::path& file) {
  return file.extension() == ".svh" || file.extension() == ".vh";
}

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

/// Whether `word` stands in `text` by itself.
bool has_word(const std::string& text, const std::string& word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end])))
      return true;
  }
  return false;
}

/// Of `files`, which are no modules of the core: those that the text of the core names, or that
/// another of them names: a header by its file's name, a module by its own, which is its file's.
/// Packages are always read.
std::vector<fs::path> named_by(std::string text, const std::vector<fs::path>& files) {
  std::vector<fs::path> named;
  const auto is_named = [&](const fs::path& file) {
    return is_header(file) ? text.find('"' + file.filename().string() + '"') != std::string::npos
                           : has_word(text, file.stem().string());
  };
  const auto take = [&](const fs::path& file) {
    named.push_back(file);
    text += read_file(file.string());
  };
  for (const fs::path& file : files)
    if (!is_header(file) && holds_a_package(read_file(file.string()))) take(file);
  for (std::size_t before = std::string::npos; before != named.size();) {
    before = named.size();
    for (const fs::path& file : files)
      if (std::find(named.begin(), named.end(), file) == named.end() && is_named(file)) take(file);
  }
  return named;
}

/// Whether bitloom has a file of that name, or a module of that name in another file, which is then
/// the one that is read.
bool is_instead_of_a_module(const fs::path& file, const std::vector<fs::path>& modules) {
  return !is_header(file) &&
         std::any_of(modules.begin(), modules.end(),
                     [&](const fs::path& module) { return module.stem() == file.stem(); });
}

/// Tells apart the own files that are no modules of the core.
void sort_others(const fs::path& own, const fs::path& rtl, const std::vector<fs::path>& modules,
                 RtlSources& sources) {
  std::string text;
  for (const fs::path& file : sources.files) text += read_file(file.string());
  std::vector<fs::path> others;
  for (const fs::path& file : design_files(own)) {
    const bool is_module = std::any_of(modules.begin(), modules.end(), [&](const fs::path& module) {
      return module.filename() == file.filename();
    });
    if (is_module || is_outside_the_core(file)) continue;
    if (is_instead_of_a_module(file, modules))
      sources.unused.push_back(file.filename().string());
    else
      others.push_back(file);
  }
  const std::vector<fs::path> named = named_by(std::move(text), others);
  std::vector<fs::path> packages;
  for (const fs::path& file : others) {
    const std::string name = file.filename().string();
    const fs::path bitlooms = rtl / name;
    if (std::find(named.begin(), named.end(), file) == named.end())
      sources.unused.push_back(name);
    else if (!fs::exists(bitlooms))
      sources.added.push_back(name);
    else
      (read_file(file.string()) == read_file(bitlooms.string()) ? sources.same : sources.changed)
          .push_back(name);
    if (!is_header(file) && holds_a_package(read_file(file.string()))) packages.push_back(file);
  }
  for (const fs::path& file : packages) sources.packages.push_back(file.filename().string());
  sources.files.insert(sources.files.begin(), packages.begin(), packages.end());
}

}  // namespace

std::vector<fs::path> files_with(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw UserError(
        fmt::format("{}: {}", folder.string(),
                    fs::exists(folder, error) ? "is a file, not a folder" : "no such folder"));
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  if (files.empty())
    throw UserError(fmt::format("{}: holds no {} files", folder.string(), extension));
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> design_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    for (const char* extension : {".sv", ".svh", ".v", ".vh"})
      if (entry.path().extension() == extension) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

RtlSources rtl_sources(const fs::path& rtl, const fs::path& own) {
  RtlSources sources;
  const std::vector<fs::path> modules = modules_in(rtl);
  if (own.empty()) {
    sources.files = modules;
    return sources;
  }
  sources.folders = {own};
  const std::vector<fs::path> mine = files_with(own, ".sv");
  for (const fs::path& module : modules) {
    const std::string name = module.filename().string();
    const auto found = std::find_if(mine.begin(), mine.end(),
                                    [&](const fs::path& file) { return file.filename() == name; });
    sources.files.push_back(found == mine.end() ? module : *found);
    if (found == mine.end())
      sources.missing.push_back(name);
    else
      (read_file(found->string()) == read_file(module.string()) ? sources.same : sources.changed)
          .push_back(name);
  }
  if (sources.missing.size() == modules.size())
    throw UserError(fmt::format("{}: holds no module of the core: no bismo_core.sv, dpu.sv, ...",
                                own.string()));
  require_includes_beside(own, rtl);
  sort_others(own, rtl, modules, sources);
  return sources;
}

std::string own_rtl_text(const RtlSources& sources, const fs::path& own) {
  std::vector<std::string> parts;
  const auto add = [&](const std::vector<std::string>& names, const char* what) {
    if (!names.empty()) parts.push_back(fmt::format("{} {}", fmt::join(names, ", "), what));
  };
  add(sources.changed, "changed");
  add(sources.added, "added");
  if (parts.empty()) parts.emplace_back("nothing changed");
  if (!sources.same.empty()) parts.push_back(fmt::format("{} as in bitloom", sources.same.size()));
  if (!sources.missing.empty())
    parts.push_back(fmt::format("{} missing, taken from bitloom", sources.missing.size()));
  add(sources.unused, sources.unused.size() == 1 ? "not used, as nothing in the core names it"
                                                 : "not used, as nothing in the core names them");
  return fmt::format("{}: {}", own.string(), fmt::join(parts, "; "));
}

}  // namespace bitloom::verify
