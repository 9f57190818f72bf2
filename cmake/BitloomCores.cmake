# Verilated variants of rtl/bismo_core.sv.

find_package(verilator 5 REQUIRED HINTS $ENV{VERILATOR_ROOT})

set(BITLOOM_RTL_MODULES bismo_core dpu dpu_array execute_pipeline fetch_unit instruction_register
                        operand_buffer popcount result_bank sequencer)
list(TRANSFORM BITLOOM_RTL_MODULES PREPEND "${PROJECT_SOURCE_DIR}/rtl/" OUTPUT_VARIABLE BITLOOM_RTL_SOURCES)
list(TRANSFORM BITLOOM_RTL_SOURCES APPEND ".sv")

# Each library holds Verilator's runtime. Its OPT_GLOBAL is -O2 everywhere: a property of the folder's source file, and programs that
# link runtimes of two levels define symbols twice.

# bitloom_cores(name CORES dm:dk:dn:accumulator:activation_words:weight_words:activation_port:weight_port:result_port ...
#               [COVERAGE]): library bitloom::name of Verilated cores; its function verify::name() lists them
# (rtl/verify/linked_cores.h). A result port of 0 is as wide as a tile.
function(bitloom_cores name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COVERAGE" "" "CORES")
  set(CORE_FUNCTION ${name})
  set(CORE_DECLARATIONS "")
  set(CORE_ROWS "")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  add_library(bitloom_${name} STATIC)
  add_library(bitloom::${name} ALIAS bitloom_${name})
  set(optimization OPT_FAST -O3 OPT_SLOW -O1)
  set(coverage "")
  if(arg_COVERAGE)  # compiles long and runs shortly
    set(optimization OPT_FAST -O1 OPT_SLOW -O0)
    set(coverage COVERAGE)
  endif()
  foreach(core IN LISTS arg_CORES)
    string(REPLACE ":" ";" fields "${core}")
    list(GET fields 0 dm)
    list(GET fields 1 dk)
    list(GET fields 2 dn)
    list(GET fields 3 accumulator)
    list(GET fields 8 result_port)
    if(result_port EQUAL 0)
      math(EXPR result_port "${dm} * ${dn} * ${accumulator}")
      list(REMOVE_AT fields 8)
      list(APPEND fields ${result_port})
    endif()
    list(JOIN fields "_" suffix)
    set(PREFIX "V${name}_${suffix}")
    set(generics "")
    foreach(parameter value IN ZIP_LISTS BITLOOM_CORE_PARAMETERS fields)
      list(APPEND generics "-G${parameter}=${value}")
    endforeach()
    verilate(bitloom_${name} SOURCES ${BITLOOM_RTL_SOURCES} TOP_MODULE bismo_core PREFIX ${PREFIX}
             DIRECTORY "${folder}/${PREFIX}" ${optimization} OPT_GLOBAL -O2 ${coverage}
             VERILATOR_ARGS -O3 --expand-limit 4096 --x-assign fast --x-initial fast --noassert --timescale 1ns/1ns
                            ${generics})
    configure_file("${PROJECT_SOURCE_DIR}/rtl/verify/core_variant.cpp.in" "${folder}/${PREFIX}_core.cpp"
                   @ONLY)
    target_sources(bitloom_${name} PRIVATE "${folder}/${PREFIX}_core.cpp")
    string(APPEND CORE_DECLARATIONS "std::unique_ptr<Core> make_${PREFIX}(const CoreParameters&);\n")
    list(JOIN fields ", " row)
    string(APPEND CORE_ROWS "    {{${row}}, make_${PREFIX}},\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/rtl/verify/linked_cores.cpp.in" "${folder}/linked_cores.cpp" @ONLY)
  target_sources(bitloom_${name} PRIVATE "${folder}/linked_cores.cpp")
  target_include_directories(bitloom_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
endfunction()

# In the order of bitloom_cores' fields and of verify::CoreParameters.
set(BITLOOM_CORE_PARAMETERS Dm Dk Dn AccumulatorWidth ActivationWords WeightWords ActivationPortBits
                            WeightPortBits ResultPortBits)
