// Dot-product unit of scaled bit-planes: sum of +-factor * popcount(a & b) over the bit-plane pairs
// of a dot product, where dpu.sv shifts; for bipolar weights {-1, +1} a count is
// 2 * popcount(a & b) - popcount(a), so that a zero activation (padding) adds nothing.
// Latency: 3 cycles from operands to accumulator (count, multiply, add), each stage held while its
// enable is low.
// Throughput: one bit-plane pair a cycle.
// Output: sum_o, the accumulator's next value, AccumulatorWidth bits: the mapping admits only
// layers whose sums fit, and partial sums wrap without harm in two's complement.
module scaled_dpu #(
    parameter  int unsigned Dk               = 64,
    parameter  int unsigned AccumulatorWidth = 32,
    parameter  int unsigned FactorWidth      = 16,
    localparam int unsigned CountWidth       = $clog2(Dk + 1)
) (
    input  logic                        clk_i,
    input  logic                        count_en_i,
    input  logic [Dk-1:0]               activations_i,
    input  logic [Dk-1:0]               weights_i,
    input  logic                        term_en_i,
    input  logic                        bipolar_i,
    input  logic [CountWidth-1:0]       row_count_i,  // popcount(a), in step with the count stage
    input  logic [FactorWidth-1:0]      factor_i,
    input  logic                        accumulate_en_i,
    input  logic                        negate_i,
    input  logic                        first_i,  // start from zero
    output logic [AccumulatorWidth-1:0] sum_o
);
  // A signed count times a factor, or the accumulator where that is wider.
  localparam int unsigned ProductWidth = CountWidth + FactorWidth + 2;
  localparam int unsigned TermWidth =
      ProductWidth > AccumulatorWidth ? ProductWidth : AccumulatorWidth;

  if (Dk < 1) $error("scaled_dpu: Dk must be at least 1");
  if (AccumulatorWidth < 1) $error("scaled_dpu: AccumulatorWidth must be at least 1");
  if (FactorWidth < 1) $error("scaled_dpu: FactorWidth must be at least 1");

  logic [CountWidth-1:0] ones, count_d, count_q;
  logic signed [CountWidth:0] value;  // -Dk to Dk
  logic signed [FactorWidth:0] factor;
  logic [AccumulatorWidth-1:0] term_d, term_q, sum_d, sum_q;

  popcount #(.Width(Dk)) u_popcount (
      .data_i(activations_i & weights_i),
      .count_o(ones)
  );

  always_comb begin
    count_d = count_q;
    if (count_en_i) count_d = ones;
  end

  always_comb begin
    value = {1'b0, count_q};
    if (bipolar_i) value = {count_q, 1'b0} - {1'b0, row_count_i};
    factor = {1'b0, factor_i};
    term_d = term_q;
    if (term_en_i) term_d = AccumulatorWidth'(TermWidth'(value) * TermWidth'(factor));
  end

  always_comb begin
    sum_d = sum_q;
    if (accumulate_en_i) begin
      sum_d = (first_i ? '0 : sum_q) + (term_q ^ {AccumulatorWidth{negate_i}}) +
              AccumulatorWidth'(negate_i);
    end
  end

  always_ff @(posedge clk_i) begin
    count_q <= count_d;
    term_q  <= term_d;
    sum_q   <= sum_d;
  end

  assign sum_o = sum_d;
endmodule
