// Dm x Dn dot-product units: row r takes word r of the activations, column c word c of the weights.
// Latency: 3 cycles from operands to accumulators. Throughput: one bit-plane pair of a tile pair a
// cycle. A unit works only where its row and its column are enabled; the others keep their
// registers still.
// A pair weighs 2^term_shift_i, or with CoefficientBits the product of the codes of its planes:
// weight_codes_i come with the words of the weights, and activation_codes_i hold the code of plane
// count_plane_i.
// Output: sums_o, the accumulators' next values, unit (r, c) at index r * Dn + c, AccumulatorWidth
// bits each.
module dpu_array #(
    parameter int unsigned Dm               = 8,
    parameter int unsigned Dk               = 64,
    parameter int unsigned Dn               = 8,
    parameter int unsigned AccumulatorWidth = 32,
    parameter int unsigned CoefficientBits  = 0,  // 0: counts are shifted
    localparam int unsigned CodeWidth  = CoefficientBits == 0 ? 1 : CoefficientBits,
    localparam int unsigned CodesWidth = CoefficientBits == 0 ? 1 : 16 * CoefficientBits
) (
    input  logic                              clk_i,
    input  logic [Dm*Dk-1:0]                  activations_i,
    input  logic [Dn*Dk-1:0]                  weights_i,
    input  logic [Dn*CodeWidth-1:0]           weight_codes_i,
    input  logic [CodesWidth-1:0]             activation_codes_i,
    input  logic                              bipolar_i,
    input  logic [Dm-1:0]                     count_rows_i,
    input  logic [Dn-1:0]                     count_columns_i,
    input  logic [4:0]                        count_plane_i,
    input  logic [Dm-1:0]                     term_rows_i,
    input  logic [Dn-1:0]                     term_columns_i,
    input  logic [4:0]                        term_shift_i,
    input  logic [Dm-1:0]                     accumulate_rows_i,
    input  logic [Dn-1:0]                     accumulate_columns_i,
    input  logic                              accumulate_negate_i,
    input  logic                              accumulate_first_i,
    output logic [Dm*Dn*AccumulatorWidth-1:0] sums_o
);
  localparam int unsigned CountWidth = $clog2(Dk + 1);

  if (Dm < 1) $error("dpu_array: Dm must be at least 1");
  if (Dn < 1) $error("dpu_array: Dn must be at least 1");
  if (CoefficientBits > 16) $error("dpu_array: CoefficientBits must be in 0..16");

  localparam int unsigned FactorWidth = 2 * CodeWidth;
  logic [Dn*FactorWidth-1:0] factors;

  if (CoefficientBits == 0) begin : gen_no_factors
    logic unused;
    assign unused  = &{1'b0, weight_codes_i, activation_codes_i, count_plane_i, factors};
    assign factors = '0;
  end else begin : gen_factors
    logic [CodeWidth-1:0] activation_code;
    logic unused;
    assign unused          = &{1'b0, term_shift_i, count_plane_i[4]};  // planes are at most 16
    assign activation_code = activation_codes_i[count_plane_i[3:0]*CoefficientBits+:CodeWidth];

    for (genvar c = 0; c < Dn; c++) begin : gen_column
      plane_factor #(
          .CodeBits(CodeWidth)
      ) u_factor (
          .clk_i,
          .en_i(count_rows_i[0] && count_columns_i[c]),  // row 0 is in every tile
          .weight_code_i(weight_codes_i[c*CodeWidth+:CodeWidth]),
          .activation_code_i(activation_code),
          .factor_o(factors[c*FactorWidth+:FactorWidth])
      );
    end
  end

  for (genvar r = 0; r < Dm; r++) begin : gen_row
    logic [CountWidth-1:0] ones, row_count_d, row_count_q;

    popcount #(.Width(Dk)) u_popcount (
        .data_i(activations_i[r*Dk+:Dk]),
        .count_o(ones)
    );

    always_comb begin
      row_count_d = row_count_q;
      if (count_rows_i[r] && bipolar_i) row_count_d = ones;
    end

    always_ff @(posedge clk_i) row_count_q <= row_count_d;

    for (genvar c = 0; c < Dn; c++) begin : gen_column
      if (CoefficientBits == 0) begin : gen_shift
        dpu #(
            .Dk(Dk),
            .AccumulatorWidth(AccumulatorWidth)
        ) u_dpu (
            .clk_i,
            .count_en_i(count_rows_i[r] && count_columns_i[c]),
            .activations_i(activations_i[r*Dk+:Dk]),
            .weights_i(weights_i[c*Dk+:Dk]),
            .term_en_i(term_rows_i[r] && term_columns_i[c]),
            .bipolar_i,
            .row_count_i(row_count_q),
            .shift_i(term_shift_i),
            .accumulate_en_i(accumulate_rows_i[r] && accumulate_columns_i[c]),
            .negate_i(accumulate_negate_i),
            .first_i(accumulate_first_i),
            .sum_o(sums_o[(r*Dn+c)*AccumulatorWidth+:AccumulatorWidth])
        );
      end else begin : gen_multiply
        scaled_dpu #(
            .Dk(Dk),
            .AccumulatorWidth(AccumulatorWidth),
            .FactorWidth(FactorWidth)
        ) u_dpu (
            .clk_i,
            .count_en_i(count_rows_i[r] && count_columns_i[c]),
            .activations_i(activations_i[r*Dk+:Dk]),
            .weights_i(weights_i[c*Dk+:Dk]),
            .term_en_i(term_rows_i[r] && term_columns_i[c]),
            .bipolar_i,
            .row_count_i(row_count_q),
            .factor_i(factors[c*FactorWidth+:FactorWidth]),
            .accumulate_en_i(accumulate_rows_i[r] && accumulate_columns_i[c]),
            .negate_i(accumulate_negate_i),
            .first_i(accumulate_first_i),
            .sum_o(sums_o[(r*Dn+c)*AccumulatorWidth+:AccumulatorWidth])
        );
      end
    end
  end
endmodule
