# Yosys reads every module, finds no latch, no combinational loop and no undriven or multiply driven wire.
yosys -import

proc check_design {} {
  yosys proc
  select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr
  check -assert
}

set modules [lsort [glob *.sv]]
foreach {top parameters} {
  bismo_core {-chparam Dm 2 -chparam Dn 3 -chparam Dk 16 -chparam ActivationWords 16 -chparam WeightWords 8
              -chparam ActivationPortBits 5 -chparam ResultPortBits 7}
  bismo_core {-chparam Dm 2 -chparam Dn 2 -chparam Dk 64 -chparam ActivationWords 16 -chparam WeightWords 16}
  bismo_core {-chparam Dm 2 -chparam Dn 3 -chparam Dk 16 -chparam ActivationWords 16 -chparam WeightWords 8
              -chparam CoefficientBits 5}
  serialiser {}
  fusion_unit {}
  shift_column {-chparam Sums 8}
} {
  read_verilog -sv {*}$modules
  hierarchy -check -top $top {*}$parameters
  check_design
  design -reset
}
