// Column of a shift array: Rows shift units, whose products are added to the sum of a pixel. It
// holds a tile's weights, two words for each unit, while the next tile's come, and the sums of a
// block of pixels.
// A pass over a pixel takes a cycle with en_i: the pixel's activations times the first words, or
// with second_i times the second ones, are added to sum pixel_i; with clear_i the sum starts from
// zero. load_i takes words of the next tile. swap_i brings up the words that have come, those of
// the same cycle included; the cycle itself still multiplies those before. So it goes beside the
// last pass of a tile, and no cycle is lost between tiles.
// Latency: 1 cycle from activations to the sum; sum_o is sum pixel_i as the last cycle left it.
// Throughput: Rows products a cycle.
// Output: sum_o, AccumulatorWidth bits; the mapping refuses layers whose sums could pass it.
module shift_column #(
    parameter  int unsigned Rows             = 16,
    parameter  int unsigned ActivationBits   = 8,
    parameter  int unsigned ExponentBits     = 4,
    parameter  int unsigned AccumulatorWidth = 40,
    parameter  int unsigned Sums             = 256,
    localparam int unsigned WordBits         = ExponentBits + 1,
    localparam int unsigned ProductWidth     = ActivationBits + (1 << ExponentBits),
    localparam int unsigned PixelWidth       = Sums > 1 ? $clog2(Sums) : 1
) (
    input  logic                           clk_i,
    input  logic                           load_i,
    input  logic [Rows*WordBits-1:0]       first_words_i,
    input  logic [Rows*WordBits-1:0]       second_words_i,
    input  logic                           swap_i,
    input  logic                           en_i,
    input  logic                           second_i,
    input  logic                           clear_i,
    input  logic [PixelWidth-1:0]          pixel_i,
    input  logic                           activation_signed_i,
    input  logic [Rows*ActivationBits-1:0] activations_i,
    output logic [AccumulatorWidth-1:0]    sum_o
);
  if (Rows < 1) $error("shift_column: Rows must be at least 1");
  if (Sums < 1) $error("shift_column: Sums must be at least 1");
  if (AccumulatorWidth < ProductWidth)
    $error("shift_column: AccumulatorWidth must hold a product");

  logic [Rows*WordBits-1:0] next_first_d, next_first_q, next_second_d, next_second_q;
  logic [Rows*WordBits-1:0] first_d, first_q, second_d, second_q, words;
  logic signed [ProductWidth-1:0] products[Rows];
  logic [AccumulatorWidth-1:0] sums_q[Sums];
  logic [AccumulatorWidth-1:0] sum_d;

  assign words = second_i ? second_q : first_q;

  for (genvar r = 0; r < Rows; r++) begin : g_row
    logic signed [ProductWidth-1:0] product;

    shift_unit #(
        .ActivationBits(ActivationBits),
        .ExponentBits  (ExponentBits)
    ) u_shift_unit (
        .activation_i       (activations_i[r*ActivationBits+:ActivationBits]),
        .activation_signed_i(activation_signed_i),
        .weight_i           (words[r*WordBits+:WordBits]),
        .product_o          (product)
    );

    assign products[r] = product;
  end

  always_comb begin
    next_first_d  = load_i ? first_words_i : next_first_q;
    next_second_d = load_i ? second_words_i : next_second_q;
    first_d       = swap_i ? next_first_d : first_q;
    second_d      = swap_i ? next_second_d : second_q;
  end

  always_comb begin
    sum_d = clear_i ? '0 : sums_q[pixel_i];
    for (int unsigned r = 0; r < Rows; r++) sum_d = sum_d + AccumulatorWidth'(products[r]);
  end

  always_ff @(posedge clk_i) begin
    next_first_q  <= next_first_d;
    next_second_q <= next_second_d;
    first_q       <= first_d;
    second_q      <= second_d;
    if (en_i) sums_q[pixel_i] <= sum_d;
  end

  assign sum_o = sums_q[pixel_i];
endmodule
