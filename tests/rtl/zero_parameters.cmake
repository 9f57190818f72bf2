# Every parameter of every module refuses 0. Yosys says so in the module's own words, or of a width that it meets before them;
# Verilator 5.006 has its own errors for 0 (lint.cmake tests the other bad values).
foreach(parameter popcount:Width dpu:Dk dpu:AccumulatorWidth dpu_array:Dm dpu_array:Dk dpu_array:Dn
        dpu_array:AccumulatorWidth execute_pipeline:Dm execute_pipeline:Dn fetch_unit:Rows fetch_unit:WordBits
        fetch_unit:Words fetch_unit:PortBits fetch_unit:IndexWidth instruction_register:Width operand_buffer:Width
        operand_buffer:Words result_bank:TileBits result_bank:PortBits sequencer:IndexWidth
        sequencer:ActivationAddressWidth sequencer:WeightAddressWidth serialiser:Codes serialiser:CodeBits
        serialiser:Lanes bismo_core:Dm bismo_core:Dk bismo_core:Dn bismo_core:AccumulatorWidth
        bismo_core:ActivationWords bismo_core:WeightWords bismo_core:ActivationPortBits bismo_core:WeightPortBits
        bismo_core:ResultPortBits scaled_dpu:Dk scaled_dpu:AccumulatorWidth scaled_dpu:FactorWidth
        plane_factor:CodeBits fusion_unit:AccumulatorWidth shift_unit:ActivationBits shift_unit:ExponentBits
        shift_column:Rows shift_column:AccumulatorWidth shift_column:Sums)
  string(REPLACE ":" ";" parts ${parameter})
  list(POP_FRONT parts module name)
  execute_process(COMMAND ${YOSYS} -q -p "read_verilog -sv *.sv; hierarchy -check -top ${module} -chparam ${name} 0"
                  WORKING_DIRECTORY ${RTL} RESULT_VARIABLE failed ERROR_VARIABLE text OUTPUT_VARIABLE text)
  if(NOT failed OR NOT text MATCHES "ERROR: ([a-z_]+: [A-Za-z]+ must|Static cast with zero or negative size)")
    message(FATAL_ERROR "${module} with ${name} = 0 is not refused:\n${text}")
  endif()
endforeach()
