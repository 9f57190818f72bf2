# verilator --lint-only -Wall on the core at many parameters, and on the serialiser.
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
foreach(dk 1 7 4096)
  foreach(accumulator 8 9 33 64)  # counts narrower and wider than the accumulator
    foreach(rest "-GDm=1;-GDn=3;-GActivationWords=1;-GWeightWords=2;-GWeightPortBits=7;-GResultPortBits=1"
                 "-GDm=3;-GDn=1;-GActivationWords=1000;-GWeightWords=1;-GActivationPortBits=4096;-GResultPortBits=33")
      lint(bismo_core -GDk=${dk} -GAccumulatorWidth=${accumulator} ${rest})
    endforeach()
  endforeach()
endforeach()
foreach(coefficients 1 8 12 16)
  foreach(accumulator 8 33 64)
    lint(bismo_core -GDm=2 -GDk=100 -GDn=3 -GAccumulatorWidth=${accumulator}
         -GCoefficientBits=${coefficients})
  endforeach()
endforeach()
lint(serialiser)
lint(bit_brick)
lint(fusion_unit)
lint(fusion_unit -GAccumulatorWidth=17)
lint(fusion_unit -GAccumulatorWidth=48)
lint(serialiser -GCodes=12 -GCodeBits=5 -GLanes=12)
lint(shift_unit)
lint(shift_column)
lint(shift_column -GRows=1 -GActivationBits=1 -GExponentBits=1 -GAccumulatorWidth=3 -GSums=1)
lint(shift_column -GRows=20 -GActivationBits=16 -GExponentBits=5 -GAccumulatorWidth=64 -GSums=7)

# Bad parameters end elaboration with the module's own message.
function(refuses message)
  execute_process(COMMAND ${VERILATOR} --lint-only --top-module ${ARGN} ${sources}
                  RESULT_VARIABLE failed ERROR_VARIABLE text OUTPUT_VARIABLE text)
  string(FIND "${text}" "${message}" at)
  if(NOT failed OR at EQUAL -1)
    message(FATAL_ERROR "${ARGN}: not refused with '${message}':\n${text}")
  endif()
endfunction()

set(small bismo_core -GDm=3 -GDk=16 -GDn=2 -GActivationWords=32 -GWeightWords=32)
refuses("bismo_core: Dm must be in 1..1024" bismo_core -GDm=1025 -GDn=1 -GDk=1 -GActivationWords=1 -GWeightWords=1)
refuses("bismo_core: Dk must be in 1..4096" ${small} -GDk=4097)
refuses("bismo_core: Dn must be in 1..1024" bismo_core -GDm=1 -GDn=1025 -GDk=1 -GActivationWords=1 -GWeightWords=1)
refuses("bismo_core: AccumulatorWidth must be in 8..64" ${small} -GAccumulatorWidth=7)
refuses("bismo_core: AccumulatorWidth must be in 8..64" ${small} -GAccumulatorWidth=65)
refuses("bismo_core: ActivationWords must be in 1..2^20" ${small} -GActivationWords=1048577)
refuses("bismo_core: WeightWords must be in 1..2^20" ${small} -GWeightWords=1048577)
refuses("bismo_core: ActivationPortBits must be in 1..2^16" ${small} -GActivationPortBits=65537)
refuses("bismo_core: WeightPortBits must be in 1..2^16" ${small} -GWeightPortBits=65537)
refuses("bismo_core: CoefficientBits must be in 0..16" ${small} -GCoefficientBits=17)
refuses("fetch_unit: IndexWidth must hold Words" fetch_unit -GIndexWidth=10)
refuses("sequencer: ActivationAddressWidth must be in 1..IndexWidth" sequencer -GActivationAddressWidth=12)
refuses("sequencer: WeightAddressWidth must be in 1..IndexWidth" sequencer -GWeightAddressWidth=12)
refuses("fusion_unit: AccumulatorWidth must be at least 17" fusion_unit -GAccumulatorWidth=16)
refuses("shift_unit: ActivationBits must be in 1..16" shift_unit -GActivationBits=17)
refuses("shift_unit: ExponentBits must be in 1..5" shift_unit -GExponentBits=6)
refuses("shift_column: AccumulatorWidth must hold a product" shift_column -GAccumulatorWidth=23)
refuses("serialiser: Lanes must divide Codes" serialiser -GCodes=12 -GLanes=5)
refuses("serialiser: CodeBits must be in 1..16" serialiser -GCodeBits=17)
