#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bitloom {

/// Answers of `work(0)` to `work(count - 1)`, computed by `processes` forked processes that take
/// the next index when they have done one; in this process when there is one. What `work` changes
/// is lost with its process: it sees the memory of the moment of the call, and only its answer
/// comes back. `done(n)` is called here when n of them are ready. A UserError of `work` is thrown
/// here, one of them where several workers met one; one of kind kWorkerDied where a worker ended
/// without an answer. No process is left behind.
///
/// A process may have threads, as those with LibTorch do: a worker has the calling thread alone. So
/// `work` must wait for no other thread and take no lock that one may hold. Memory and exceptions
/// are safe: the C library sees to its own locks. A worker ends without destructors of statics.
std::vector<std::string> map_in_processes(std::int64_t count, int processes,
                                          const std::function<std::string(std::int64_t)>& work,
                                          const std::function<void(std::int64_t)>& done = {});

}  // namespace bitloom
