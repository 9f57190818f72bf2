#include "base/lock.h"

#include <sys/file.h>

#include <cerrno>

#include "base/descriptor.h"

namespace bitloom {

bool lock(const Descriptor& file) {
  return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

}  // namespace bitloom
