// What a bit-plane pair of a column of the array weighs: the code of the weights' plane times that
// of the activations' plane, for all units of the column.
// Latency: 1 cycle, held while en_i is low. Throughput: one pair a cycle.
// Output: factor_o, two codes of CodeBits multiplied, so twice as wide.
module plane_factor #(
    parameter int unsigned CodeBits = 8
) (
    input  logic                  clk_i,
    input  logic                  en_i,
    input  logic [CodeBits-1:0]   weight_code_i,
    input  logic [CodeBits-1:0]   activation_code_i,
    output logic [2*CodeBits-1:0] factor_o
);
  localparam int unsigned FactorWidth = 2 * CodeBits;

  if (CodeBits < 1) $error("plane_factor: CodeBits must be at least 1");

  logic [FactorWidth-1:0] factor_d, factor_q;

  always_comb begin
    factor_d = factor_q;
    if (en_i) factor_d = FactorWidth'(weight_code_i) * FactorWidth'(activation_code_i);
  end

  always_ff @(posedge clk_i) factor_q <= factor_d;

  assign factor_o = factor_q;
endmodule
