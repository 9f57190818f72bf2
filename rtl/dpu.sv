// Dot-product unit: sum of +-2^shift * popcount(a & b) over the bit-plane pairs of a dot product;
// for bipolar weights {-1, +1} a count is 2 * popcount(a & b) - popcount(a), so that a zero
// activation (padding) adds nothing.
// Latency: 3 cycles from operands to accumulator (count, shift, add), each stage held while its
// enable is low.
// Throughput: one bit-plane pair a cycle.
// Output: sum_o, the accumulator's next value, AccumulatorWidth bits: the mapping admits only
// layers whose sums fit, and partial sums wrap without harm in two's complement.
module dpu #(
    parameter  int unsigned Dk               = 64,
    parameter  int unsigned AccumulatorWidth = 32,
    localparam int unsigned CountWidth       = $clog2(Dk + 1)
) (
    input  logic                        clk_i,
    input  logic                        count_en_i,
    input  logic [Dk-1:0]               activations_i,
    input  logic [Dk-1:0]               weights_i,
    input  logic                        term_en_i,
    input  logic                        bipolar_i,
    input  logic [CountWidth-1:0]       row_count_i,  // popcount(a), in step with the count stage
    input  logic [4:0]                  shift_i,
    input  logic                        accumulate_en_i,
    input  logic                        negate_i,
    input  logic                        first_i,  // start from zero
    output logic [AccumulatorWidth-1:0] sum_o
);
  // A count, doubled and signed where bipolar, or the accumulator where that is wider.
  localparam int unsigned ValueWidth =
      CountWidth + 1 > AccumulatorWidth ? CountWidth + 1 : AccumulatorWidth;

  if (Dk < 1) $error("dpu: Dk must be at least 1");
  if (AccumulatorWidth < 1) $error("dpu: AccumulatorWidth must be at least 1");

  logic [CountWidth-1:0] ones, count_d, count_q;
  logic [ValueWidth-1:0] value;
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
    value = ValueWidth'(count_q);
    if (bipolar_i) value = ValueWidth'({count_q, 1'b0}) - ValueWidth'(row_count_i);
    term_d = term_q;
    if (term_en_i) term_d = AccumulatorWidth'(value << shift_i);
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
