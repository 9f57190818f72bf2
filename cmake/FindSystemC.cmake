# FindSystemC: the imported target SystemC::systemc from headers and library as Debian's libsystemc-dev installs them, without a
# CMake package. SystemC_ROOT or SYSTEMC_HOME name another place.
#
# The packaged 2.3.4 exports only the version symbol of C++17 (sc_api_version_..._cxx201703L): programs of another standard
# link against it when they say SC_CPLUSPLUS=201703L.

find_path(SystemC_INCLUDE_DIR sysc/kernel/sc_simcontext.h HINTS ENV SYSTEMC_HOME PATH_SUFFIXES include)
find_library(SystemC_LIBRARY systemc HINTS ENV SYSTEMC_HOME PATH_SUFFIXES lib lib64 lib-linux64)

if(SystemC_INCLUDE_DIR)
  file(STRINGS "${SystemC_INCLUDE_DIR}/sysc/kernel/sc_ver.h" SystemC_VERSION_LINES
       REGEX "#define SC_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
  string(REGEX MATCHALL "[0-9]+" SystemC_VERSION "${SystemC_VERSION_LINES}")
  list(JOIN SystemC_VERSION "." SystemC_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_LIBRARY SystemC_INCLUDE_DIR
                                  VERSION_VAR SystemC_VERSION)

if(SystemC_FOUND AND NOT TARGET SystemC::systemc)
  add_library(SystemC::systemc UNKNOWN IMPORTED)
  set_target_properties(SystemC::systemc PROPERTIES
    IMPORTED_LOCATION "${SystemC_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SystemC_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS SC_CPLUSPLUS=201703L)
endif()
mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)
