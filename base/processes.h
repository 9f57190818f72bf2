#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"

/// Starting other programs and talking to processes: the one place that does.
namespace bitloom {

/// How a process ended: by itself with an exit code, or by a signal.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;  // 0: by itself
  bool succeeded() const { return exit_code == 0 && signal == 0; }
};

/// Waits for a child of this process to end.
ProcessEnd wait_for_end(pid_t child);

/// Whether there is a process of this number on this computer.
bool is_running(pid_t process);

struct OutputToFile {
  std::string path;  // is made, or emptied
  bool errors_too = false;
};

/// Runs a program, the first of `arguments`, to its end; a name without a slash is looked up in
/// PATH. Its standard output is this one's or goes to a file. A UserError of kind kResource,
/// `NAME cannot be started: reason`, where it does not start.
ProcessEnd run_program(const std::vector<std::string>& arguments,
                       const std::optional<OutputToFile>& output = {});

/// `text` as one word of a shell's command: as it is, or between single quotes where it has other
/// characters than letters, digits and `_-./=+,:@%`.
std::string shell_word(const std::string& text);

/// Becomes the program in the file `path`, with this one's environment; returns where that fails,
/// with the reason in errno. `argv` ends with a null pointer.
void become_program(const std::string& path, char** argv);

struct Pipe {
  Descriptor read;
  Descriptor write;
};

/// A UserError of kind kResource where there is none left.
Pipe make_pipe();

/// Whether all `bytes` could be read; false where the stream ends before.
bool read_all(const Descriptor& from, void* into, std::size_t bytes);

/// Whether all `bytes` were taken; false where nobody reads any longer.
bool write_all(const Descriptor& to, const void* from, std::size_t bytes);

}  // namespace bitloom
