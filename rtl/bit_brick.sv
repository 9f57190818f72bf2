// Product of two operands of 2 bits, each two's complement or unsigned (a BitBrick of Sharma et
// al., ISCA 2018).
// Latency: combinational. Throughput: one product a cycle.
// Output: product_o, signed 5 bits, as products are in -6..9.
module bit_brick (
    input  logic [1:0]        activation_i,
    input  logic              activation_signed_i,
    input  logic [1:0]        weight_i,
    input  logic              weight_signed_i,
    output logic signed [4:0] product_o
);
  logic signed [2:0] activation, weight;

  assign activation = {activation_signed_i & activation_i[1], activation_i};
  assign weight     = {weight_signed_i & weight_i[1], weight_i};
  assign product_o  = 5'(activation * weight);
endmodule
