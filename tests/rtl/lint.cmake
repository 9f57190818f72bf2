# verilator --lint-only -Wall on the core at several parameters, and on the serialiser.
file(GLOB sources "${RTL}/*.sv")

function(lint)
  execute_process(COMMAND ${VERILATOR} --lint-only -Wall --top-module ${ARGN} ${sources}
                  RESULT_VARIABLE failed ERROR_VARIABLE text OUTPUT_VARIABLE text)
  if(failed)
    message(FATAL_ERROR "${ARGN}:\n${text}")
  endif()
endfunction()

lint(bismo_core)
lint(bismo_core -GDm=2 -GDk=8 -GDn=3 -GActivationPortBits=3 -GWeightPortBits=16 -GResultPortBits=7
     -GActivationWords=1 -GWeightWords=5)
lint(bismo_core -GDm=1 -GDk=1 -GDn=1 -GAccumulatorWidth=8 -GActivationWords=1 -GWeightWords=1
     -GResultPortBits=64)
lint(bismo_core -GDm=16 -GDk=256 -GDn=16 -GAccumulatorWidth=64 -GActivationPortBits=256
     -GWeightPortBits=256)
lint(serialiser)
lint(serialiser -GCodes=12 -GCodeBits=5 -GLanes=12)
