// Shift unit: an activation times a weight that is a power of two. The weight is a sign and an
// exponent e: its value is 2^e or -2^e, and 0 where sign and exponent are 0.
// Latency: combinational. Throughput: one product a cycle.
// Output: product_o, signed, ActivationBits + 2^ExponentBits bits: an activation of ActivationBits,
// signed or not, by 2^(2^ExponentBits - 1), of either sign.
module shift_unit #(
    parameter  int unsigned ActivationBits = 8,
    parameter  int unsigned ExponentBits   = 4,
    localparam int unsigned ProductWidth   = ActivationBits + (1 << ExponentBits)
) (
    input  logic        [ActivationBits-1:0] activation_i,
    input  logic                             activation_signed_i,
    input  logic        [ExponentBits:0]     weight_i,  // the sign on top
    output logic signed [ProductWidth-1:0]   product_o
);
  if (ActivationBits < 1 || ActivationBits > 16)
    $error("shift_unit: ActivationBits must be in 1..16");
  if (ExponentBits < 1 || ExponentBits > 5) $error("shift_unit: ExponentBits must be in 1..5");

  logic signed [ProductWidth-1:0] activation, shifted;

  assign activation = {
    {(ProductWidth - ActivationBits) {activation_signed_i & activation_i[ActivationBits-1]}},
    activation_i
  };
  assign shifted = activation <<< weight_i[ExponentBits-1:0];

  always_comb begin
    product_o = shifted;
    if (weight_i[ExponentBits]) product_o = -shifted;
    if (weight_i == '0) product_o = '0;
  end
endmodule
