// Fusion unit: 16 bit-bricks that compose to 16 products of 2 x 2 bits, or one of 8 x 8, or any of
// 2, 4 and 8 bits by 2, 4 and 8 between (Sharma et al., ISCA 2018), added to the sum that comes
// down the column. Operands of 16 bits come as halves of 8, one a cycle: 16 x 8 takes 2 cycles, 16
// x 16 takes 4. Operands lie side by side from bit 0 on: product p multiplies bits [p*Wa +: Wa] of
// the activations by [p*Ww +: Ww] of the weights, p < 8/Wa * 8/Ww.
// Latency: 1 cycle from operands and sum_i to sum_o; activations_o is activations_i a cycle later,
// for the next column.
// Throughput: all products of a mode each cycle. Both registers hold while en_i is low.
// Output: sum_o, AccumulatorWidth bits; sums that pass it wrap in two's complement.
module fusion_unit #(
    parameter  int unsigned AccumulatorWidth = 32,
    localparam int unsigned Bricks           = 16,
    localparam int unsigned WordWidth        = 32,
    localparam int unsigned ProductWidth     = 17  // of 16 bricks: -32640..65025
) (
    input  logic                        clk_i,
    input  logic                        en_i,
    input  logic [1:0]                  activation_mode_i,  // 0, 1, 2: 2, 4, 8 bits; 3: half of 16
    input  logic [1:0]                  weight_mode_i,
    input  logic                        activation_signed_i,
    input  logic                        weight_signed_i,
    input  logic                        activation_high_i,  // mode 3: the high half
    input  logic                        weight_high_i,
    input  logic [WordWidth-1:0]        activations_i,
    input  logic [WordWidth-1:0]        weights_i,
    input  logic [AccumulatorWidth-1:0] sum_i,
    output logic [WordWidth-1:0]        activations_o,
    output logic [AccumulatorWidth-1:0] sum_o
);
  if (AccumulatorWidth < ProductWidth) $error("fusion_unit: AccumulatorWidth must be at least 17");

  // Bricks of an operand, as a power of two; halves have as many as 8 bits.
  logic [1:0] activation_bricks, weight_bricks;
  logic activation_top_signed, weight_top_signed;
  logic signed [ProductWidth-1:0] terms[Bricks];
  logic signed [ProductWidth-1:0] product;
  logic [4:0] half_shift;
  logic [WordWidth-1:0] activations_d, activations_q;
  logic [AccumulatorWidth-1:0] sum_d, sum_q;

  assign activation_bricks = activation_mode_i == 2'd3 ? 2'd2 : activation_mode_i;
  assign weight_bricks     = weight_mode_i == 2'd3 ? 2'd2 : weight_mode_i;
  assign activation_top_signed =
      activation_signed_i && (activation_mode_i != 2'd3 || activation_high_i);
  assign weight_top_signed = weight_signed_i && (weight_mode_i != 2'd3 || weight_high_i);

  for (genvar b = 0; b < Bricks; b++) begin : g_brick
    localparam logic [3:0] Brick = 4'(b);
    logic [1:0] activation_place, weight_place;  // of the brick in its operands
    logic [1:0] activation_top, weight_top;
    logic [1:0] activation, weight;
    logic signed [4:0] brick_product;

    always_comb begin
      activation_top   = 2'((3'd1 << activation_bricks) - 3'd1);
      weight_top       = 2'((3'd1 << weight_bricks) - 3'd1);
      activation_place = Brick[1:0] & activation_top;
      weight_place     = 2'(Brick >> activation_bricks) & weight_top;
      activation       = '0;
      weight           = '0;
      for (int unsigned i = 0; i < 3; i++) begin
        for (int unsigned j = 0; j < 3; j++) begin
          if (activation_bricks == 2'(i) && weight_bricks == 2'(j)) begin
            activation |= activations_i[2*(((b >> (i + j)) << i) + b % (1 << i))+:2];
            weight     |= weights_i[2*(((b >> (i + j)) << j) + (b >> i) % (1 << j))+:2];
          end
        end
      end
    end

    bit_brick u_bit_brick (
        .activation_i       (activation),
        .activation_signed_i(activation_top_signed && activation_place == activation_top),
        .weight_i           (weight),
        .weight_signed_i    (weight_top_signed && weight_place == weight_top),
        .product_o          (brick_product)
    );

    assign terms[b] = ProductWidth'(brick_product)
                      <<< {{1'b0, activation_place} + {1'b0, weight_place}, 1'b0};
  end

  always_comb begin
    product = '0;
    for (int unsigned b = 0; b < Bricks; b++) product = product + terms[b];
  end

  always_comb begin
    half_shift = '0;
    if (activation_mode_i == 2'd3 && activation_high_i) half_shift = half_shift + 5'd8;
    if (weight_mode_i == 2'd3 && weight_high_i) half_shift = half_shift + 5'd8;
    activations_d = activations_q;
    sum_d         = sum_q;
    if (en_i) begin
      activations_d = activations_i;
      sum_d         = sum_i + (AccumulatorWidth'(product) << half_shift);
    end
  end

  always_ff @(posedge clk_i) begin
    activations_q <= activations_d;
    sum_q         <= sum_d;
  end

  assign activations_o = activations_q;
  assign sum_o         = sum_q;
endmodule
