# Verilated RTL: modules alone, and variants of rtl/bismo_core.sv.
#
# What Verilator writes for a module is compiled as one unit: that takes half the time of its files one by
# one. Verilator's own code is compiled once, in bitloom_verilator.

find_program(VERILATOR verilator REQUIRED)
execute_process(COMMAND "${VERILATOR}" --version OUTPUT_VARIABLE VERILATOR_VERSION)
if(NOT VERILATOR_VERSION MATCHES "Verilator ([5-9]|[1-9][0-9]+)\\.")
  message(FATAL_ERROR "Verilator 5 or newer is needed; ${VERILATOR} is: ${VERILATOR_VERSION}")
endif()
execute_process(COMMAND "${VERILATOR}" --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE)

if(NOT TARGET bitloom_verilator)
  set(include "${VERILATOR_ROOT}/include")
  set(runtime "${include}/verilated.cpp" "${include}/verilated_threads.cpp" "${include}/verilated_cov.cpp")
  add_library(bitloom_verilator STATIC ${runtime})
  target_include_directories(bitloom_verilator SYSTEM PUBLIC "${include}" "${include}/vltstd")
  target_compile_options(bitloom_verilator PRIVATE -O2 -w)
  set_target_properties(bitloom_verilator PROPERTIES UNITY_BUILD OFF)
endif()

# bitloom_verilate(target prefix SOURCES file... [TOP module] [COVERAGE] [CPP file] [OPTIONS option...]
#                  [FLAGS flag...]): gives `target` the class `prefix` of a module, the first source's unless
# TOP names it. The C++ file CPP is compiled in the same unit, with the compiler's OPTIONS (-O1).
function(bitloom_verilate target prefix)
  cmake_parse_arguments(PARSE_ARGV 2 arg "COVERAGE" "TOP;CPP" "SOURCES;OPTIONS;FLAGS")
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND sources "${source}")
  endforeach()
  if(NOT arg_TOP)
    list(GET sources 0 first)
    cmake_path(GET first STEM arg_TOP)
  endif()
  if(NOT arg_OPTIONS)
    set(arg_OPTIONS -O1)
  endif()
  if(arg_COVERAGE)
    list(APPEND arg_FLAGS --coverage)
    list(APPEND arg_OPTIONS -DVM_COVERAGE=1)
  endif()
  set(parent "${CMAKE_CURRENT_BINARY_DIR}/${target}")
  set(folder "${parent}/${prefix}")
  set(unit "${parent}/${prefix}.cpp")
  set(join "${PROJECT_SOURCE_DIR}/cmake/JoinVerilated.cmake")
  add_custom_command(OUTPUT "${unit}" BYPRODUCTS "${folder}/${prefix}.h"
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${folder}"
    COMMAND "${VERILATOR}" --cc -O3 --noassert --prefix ${prefix} --top-module ${arg_TOP} --Mdir "${folder}"
            ${arg_FLAGS} ${sources}
    COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${folder}" -D "UNIT=${unit}" -D "CPP=${arg_CPP}" -P "${join}"
    DEPENDS ${sources} ${arg_CPP} "${join}"
    COMMENT "Verilating ${prefix}" VERBATIM)
  target_sources(${target} PRIVATE "${unit}")
  set_source_files_properties("${unit}" PROPERTIES COMPILE_OPTIONS "${arg_OPTIONS};-w")
  target_include_directories(${target} SYSTEM PUBLIC "${folder}")
  target_link_libraries(${target} PUBLIC bitloom_verilator)
endfunction()

set(BITLOOM_RTL_MODULES bismo_core dpu dpu_array execute_pipeline fetch_unit instruction_register
                        operand_buffer plane_factor popcount result_bank scaled_dpu sequencer)
list(TRANSFORM BITLOOM_RTL_MODULES PREPEND "${PROJECT_SOURCE_DIR}/rtl/" OUTPUT_VARIABLE BITLOOM_RTL_SOURCES)
list(TRANSFORM BITLOOM_RTL_SOURCES APPEND ".sv")

# In the order of bitloom_cores' fields and of verify::CoreParameters.
set(BITLOOM_CORE_PARAMETERS Dm Dk Dn AccumulatorWidth ActivationWords WeightWords ActivationPortBits
                            WeightPortBits ResultPortBits CoefficientBits)

# bitloom_cores(name [COVERAGE] [OPTIONS option...]
#               CORES dm:dk:dn:accumulator:activation_words:weight_words:activation_port:weight_port:result_port[:coefficient_bits]...):
# library bitloom::name of Verilated cores; its function verify::name() lists them (rtl/verify/linked_cores.h).
# A result port of 0 is as wide as a tile.
function(bitloom_cores name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COVERAGE" "" "CORES;OPTIONS")
  set(coverage "")
  if(arg_COVERAGE)
    set(coverage COVERAGE)
  endif()
  set(CORE_FUNCTION ${name})
  set(CORE_DECLARATIONS "")
  set(CORE_ROWS "")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  add_library(bitloom_${name} STATIC)
  add_library(bitloom::${name} ALIAS bitloom_${name})
  target_include_directories(bitloom_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  foreach(core IN LISTS arg_CORES)
    string(REPLACE ":" ";" fields "${core}")
    list(GET fields 0 dm)
    list(GET fields 2 dn)
    list(GET fields 3 accumulator)
    set(coefficients 0)
    list(LENGTH fields length)
    if(length EQUAL 10)
      list(POP_BACK fields coefficients)
    endif()
    list(POP_BACK fields result_port)
    if(result_port EQUAL 0)
      math(EXPR result_port "${dm} * ${dn} * ${accumulator}")
    endif()
    list(APPEND fields ${result_port} ${coefficients})
    list(JOIN fields "_" suffix)
    set(PREFIX "V${name}_${suffix}")
    set(generics "")
    foreach(parameter value IN ZIP_LISTS BITLOOM_CORE_PARAMETERS fields)
      list(APPEND generics "-G${parameter}=${value}")
    endforeach()
    configure_file("${PROJECT_SOURCE_DIR}/rtl/verify/core_variant.cpp.in" "${folder}/${PREFIX}_core.cpp" @ONLY)
    bitloom_verilate(bitloom_${name} ${PREFIX} ${coverage} SOURCES ${BITLOOM_RTL_SOURCES}
      CPP "${folder}/${PREFIX}_core.cpp" OPTIONS ${arg_OPTIONS}
      FLAGS --expand-limit 4096 --x-assign fast --x-initial fast --timescale 1ns/1ns -Wno-fatal ${generics})
    string(APPEND CORE_DECLARATIONS "std::unique_ptr<Core> make_${PREFIX}(const CoreParameters&);\n")
    list(JOIN fields ", " row)
    string(APPEND CORE_ROWS "    {{${row}}, make_${PREFIX}},\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/rtl/verify/linked_cores.cpp.in" "${folder}/linked_cores.cpp" @ONLY)
  target_sources(bitloom_${name} PRIVATE "${folder}/linked_cores.cpp")
endfunction()
