#pragma once

#include <string>

#include "base/files.h"

namespace bitloom::data {

/// The bytes of a file; of one that is compressed by gzip (RFC 1952) what it unpacks to. A
/// UserError names the file where it is damaged, ends early, unpacks to more than 2 GiB, or is a
/// tar archive.
FileBytes read_unpacked(const std::string& path);

}  // namespace bitloom::data
