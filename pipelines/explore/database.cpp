#include "pipelines/explore/database.h"

#include <cmath>

#include <fmt/format.h>
#include <sqlite3.h>

namespace bitloom::pipelines {
namespace {

constexpr int kPrimary = 0xff;  // of an extended code

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

Database::Database(std::string path, Access access) : path_(std::move(path)) {
  constexpr int kFlags[] = {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
  constexpr int kWaitMilliseconds = 5000;
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path_.c_str(), &opened, kFlags[static_cast<int>(access)], nullptr);
  database_.reset(opened);
  require(code, SQLITE_OK);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kWaitMilliseconds);
}

void Database::require(int code, int wanted) const {
  if (code != wanted) complain(code);
}

UserError Database::damaged() const {
  return UserError(path_ + ": is no store of bitloom explore, or is damaged",
                   UserError::Kind::kResource);
}

void Database::complain(int code) const {
  const auto tell = [&](std::string_view why) {
    throw UserError(fmt::format("{}: {}", path_, why), UserError::Kind::kResource);
  };
  switch (code & kPrimary) {
    case SQLITE_FULL:
      tell("the disk is full: what was written before is kept, the same command goes on from it");
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      tell("another process writes to it: wait until it has ended, or take another store");
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      tell("cannot be written: the file or its folder is read-only");
      break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw damaged();
    case SQLITE_CANTOPEN:
      tell("cannot be opened: no such file or folder, or no permission");
      break;
    default:
      break;
  }
  tell(fmt::format("{} ({})", sqlite3_errmsg(database_.get()), sqlite3_errstr(code)));
  throw InternalError("unreachable");
}

void Database::execute(const std::string& sql) {
  require(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
}

bool Database::execute_unless_busy(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  const int primary = code & kPrimary;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return false;
  require(code, SQLITE_OK);
  return true;
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(database.database_.get(), sql.data(),
                                      static_cast<int>(sql.size()), &prepared, nullptr);
  statement_.reset(prepared);
  database.require(code, SQLITE_OK);
}

Statement& Statement::bind(int place, std::int64_t value) {
  database_.require(sqlite3_bind_int64(statement_.get(), place, value), SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int place, double value) {
  if (std::isnan(value)) return bind_null(place);
  database_.require(sqlite3_bind_double(statement_.get(), place, value), SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int place, std::string_view value) {
  database_.require(sqlite3_bind_text(statement_.get(), place, value.data(),
                                      static_cast<int>(value.size()), SQLITE_TRANSIENT),
                    SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int place) {
  database_.require(sqlite3_bind_null(statement_.get(), place), SQLITE_OK);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  database_.require(code, SQLITE_DONE);
  return false;
}

void Statement::run() { ensure(!step(), "a statement without rows"); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  return is_null(column) ? std::nan("") : sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return "";
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Transaction::~Transaction() {
  if (is_open_) try {
      database_.execute("ROLLBACK");
    } catch (const UserError& wrong) {
      (void)wrong.kind();  // SQLite may have rolled back by itself
    }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  is_open_ = false;
}

}  // namespace bitloom::pipelines
