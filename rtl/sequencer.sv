// Walks the bit pairs of a phase: outer tile, inner tile, word of K, inner operand's bit, outer
// operand's bit (fastest).
// Latency: a pair may issue in the cycle in which planes_i first counts its planes. Throughput: one
// pair a cycle. An operand's plane (tile t, word k, bit i) lies at address (t * words + k) * bits +
// i, the order of its fetch, so the walk only increments addresses or returns them to a tile's or a
// word's first.
// Output: the issuing pair's read addresses, its weight 2^shift_o and sign, the activations' plane
// that it takes, and its place in its tile pair and phase. shift_o has 5 bits: 15 + 15 at most.
module sequencer #(
    parameter int unsigned IndexWidth             = 11,
    parameter int unsigned ActivationAddressWidth = 10,
    parameter int unsigned WeightAddressWidth     = 10
) (
    input  logic                              clk_i,
    input  logic                              rst_ni,
    input  logic                              start_i,
    input  logic                              outer_is_weights_i,
    input  logic [IndexWidth-1:0]             words_i,
    input  logic [IndexWidth-1:0]             activation_tiles_i,
    input  logic [4:0]                        activation_bits_i,
    input  logic                              activation_signed_i,
    input  logic [IndexWidth-1:0]             weight_tiles_i,
    input  logic [4:0]                        weight_bits_i,
    input  logic                              weight_signed_i,
    input  logic [IndexWidth-1:0]             activation_planes_i,
    input  logic [IndexWidth-1:0]             weight_planes_i,
    input  logic                              ready_i,
    output logic                              issue_o,
    output logic [ActivationAddressWidth-1:0] activation_address_o,
    output logic [WeightAddressWidth-1:0]     weight_address_o,
    output logic                              activation_last_tile_o,
    output logic                              weight_last_tile_o,
    output logic [4:0]                        shift_o,
    output logic [4:0]                        activation_plane_o,
    output logic                              negate_o,
    output logic                              first_of_tile_o,
    output logic                              last_of_tile_o,
    output logic                              last_of_phase_o
);
  if (ActivationAddressWidth < 1 || ActivationAddressWidth > IndexWidth)
    $error("sequencer: ActivationAddressWidth must be in 1..IndexWidth");
  if (WeightAddressWidth < 1 || WeightAddressWidth > IndexWidth)
    $error("sequencer: WeightAddressWidth must be in 1..IndexWidth");

  logic active_d, active_q;
  logic [4:0] outer_bit_d, outer_bit_q, inner_bit_d, inner_bit_q;
  logic [IndexWidth-1:0] word_d, word_q, inner_tile_d, inner_tile_q, outer_tile_d, outer_tile_q;
  logic [IndexWidth-1:0] outer_d, outer_q, inner_d, inner_q;  // addresses
  logic [IndexWidth-1:0] outer_word_d, outer_word_q, outer_tile_first_d, outer_tile_first_q;

  logic [IndexWidth-1:0] outer_tiles, inner_tiles, outer_planes, inner_planes;
  logic [4:0] outer_bits, inner_bits;
  logic last_outer_bit, last_inner_bit, last_word, last_inner_tile, last_outer_tile;
  logic activation_sign, weight_sign;

  always_comb begin
    outer_tiles  = outer_is_weights_i ? weight_tiles_i : activation_tiles_i;
    inner_tiles  = outer_is_weights_i ? activation_tiles_i : weight_tiles_i;
    outer_bits   = outer_is_weights_i ? weight_bits_i : activation_bits_i;
    inner_bits   = outer_is_weights_i ? activation_bits_i : weight_bits_i;
    outer_planes = outer_is_weights_i ? weight_planes_i : activation_planes_i;
    inner_planes = outer_is_weights_i ? activation_planes_i : weight_planes_i;

    last_outer_bit  = outer_bit_q == outer_bits - 1'b1;
    last_inner_bit  = inner_bit_q == inner_bits - 1'b1;
    last_word       = word_q == words_i - 1'b1;
    last_inner_tile = inner_tile_q == inner_tiles - 1'b1;
    last_outer_tile = outer_tile_q == outer_tiles - 1'b1;
  end

  assign issue_o = active_q && ready_i && outer_q < outer_planes && inner_q < inner_planes;

  always_comb begin
    active_d           = active_q;
    outer_bit_d        = outer_bit_q;
    inner_bit_d        = inner_bit_q;
    word_d             = word_q;
    inner_tile_d       = inner_tile_q;
    outer_tile_d       = outer_tile_q;
    outer_d            = outer_q;
    inner_d            = inner_q;
    outer_word_d       = outer_word_q;
    outer_tile_first_d = outer_tile_first_q;
    if (start_i) begin
      active_d           = 1'b1;
      outer_bit_d        = '0;
      inner_bit_d        = '0;
      word_d             = '0;
      inner_tile_d       = '0;
      outer_tile_d       = '0;
      outer_d            = '0;
      inner_d            = '0;
      outer_word_d       = '0;
      outer_tile_first_d = '0;
    end else if (issue_o) begin
      if (!last_outer_bit) begin
        outer_bit_d = outer_bit_q + 1'b1;
        outer_d     = outer_q + 1'b1;
      end else begin
        outer_bit_d = '0;
        inner_d     = inner_q + 1'b1;
        if (!last_inner_bit) begin
          inner_bit_d = inner_bit_q + 1'b1;
          outer_d     = outer_word_q;
        end else begin
          inner_bit_d  = '0;
          outer_d      = outer_q + 1'b1;
          outer_word_d = outer_q + 1'b1;
          if (!last_word) begin
            word_d = word_q + 1'b1;
          end else begin
            word_d = '0;
            if (!last_inner_tile) begin
              inner_tile_d = inner_tile_q + 1'b1;
              outer_d      = outer_tile_first_q;
              outer_word_d = outer_tile_first_q;
            end else begin
              inner_tile_d       = '0;
              inner_d            = '0;
              outer_tile_d       = outer_tile_q + 1'b1;
              outer_tile_first_d = outer_q + 1'b1;
              active_d           = !last_outer_tile;
            end
          end
        end
      end
    end
  end

  always_comb begin
    activation_address_o   = ActivationAddressWidth'(outer_is_weights_i ? inner_q : outer_q);
    weight_address_o       = WeightAddressWidth'(outer_is_weights_i ? outer_q : inner_q);
    activation_last_tile_o = outer_is_weights_i ? last_inner_tile : last_outer_tile;
    weight_last_tile_o     = outer_is_weights_i ? last_outer_tile : last_inner_tile;

    activation_plane_o = outer_is_weights_i ? inner_bit_q : outer_bit_q;

    activation_sign = activation_signed_i && (outer_is_weights_i ? last_inner_bit : last_outer_bit);
    weight_sign     = weight_signed_i && (outer_is_weights_i ? last_outer_bit : last_inner_bit);
    shift_o         = outer_bit_q + inner_bit_q;
    negate_o        = activation_sign ^ weight_sign;

    first_of_tile_o = outer_bit_q == '0 && inner_bit_q == '0 && word_q == '0;
    last_of_tile_o  = last_outer_bit && last_inner_bit && last_word;
    last_of_phase_o = last_of_tile_o && last_inner_tile && last_outer_tile;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q           <= 1'b0;
      outer_bit_q        <= '0;
      inner_bit_q        <= '0;
      word_q             <= '0;
      inner_tile_q       <= '0;
      outer_tile_q       <= '0;
      outer_q            <= '0;
      inner_q            <= '0;
      outer_word_q       <= '0;
      outer_tile_first_q <= '0;
    end else begin
      active_q           <= active_d;
      outer_bit_q        <= outer_bit_d;
      inner_bit_q        <= inner_bit_d;
      word_q             <= word_d;
      inner_tile_q       <= inner_tile_d;
      outer_tile_q       <= outer_tile_d;
      outer_q            <= outer_d;
      inner_q            <= inner_d;
      outer_word_q       <= outer_word_d;
      outer_tile_first_q <= outer_tile_first_d;
    end
  end
endmodule
