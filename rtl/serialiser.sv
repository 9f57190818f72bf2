// Parallel codes to bit-planes: gathers Codes codes of CodeBits bits, Lanes a beat, and sends their
// bit-planes, least significant first; bits_i planes, held still while a word is inside. It stands
// before a fetch stream whose memory holds whole codes, or behind the result stream when the next
// layer's operands are written back.
// Latency: the first plane is valid 2 cycles after the word's last beat. Throughput: a word every
// max(Codes / Lanes, bits_i) cycles, as one word is gathered while the one before leaves.
// Output: Codes bits, one plane of the word.
module serialiser #(
    parameter int unsigned Codes    = 64,
    parameter int unsigned CodeBits = 16,
    parameter int unsigned Lanes    = 4
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic [4:0]                bits_i,
    input  logic                      code_valid_i,
    output logic                      code_ready_o,
    input  logic [Lanes*CodeBits-1:0] code_data_i,
    output logic                      plane_valid_o,
    input  logic                      plane_ready_i,
    output logic [Codes-1:0]          plane_data_o
);
  localparam int unsigned Beats     = Codes / Lanes;
  localparam int unsigned BeatWidth = $clog2(Beats + 1);

  if (Codes < 1) $error("serialiser: Codes must be at least 1");
  if (Lanes < 1 || Codes % Lanes != 0) $error("serialiser: Lanes must divide Codes");
  if (CodeBits < 1 || CodeBits > 16) $error("serialiser: CodeBits must be in 1..16");

  logic [Codes*CodeBits-1:0] gathered_d, gathered_q, leaving_d, leaving_q;
  logic [BeatWidth-1:0] beat, beat_d, beat_q;
  logic [4:0] left_d, left_q;
  logic hand_over;

  assign plane_valid_o = left_q != '0;
  assign code_ready_o  = beat_q != BeatWidth'(Beats) || hand_over;
  assign hand_over     = beat_q == BeatWidth'(Beats) &&
                         (left_q == '0 || (left_q == 5'd1 && plane_ready_i));

  always_comb begin
    gathered_d = gathered_q;
    beat       = hand_over ? '0 : beat_q;
    beat_d     = beat;
    if (code_valid_i && code_ready_o) begin
      beat_d = beat + 1'b1;
      for (int unsigned slot = 0; slot < Beats; slot++) begin
        if (beat == BeatWidth'(slot)) gathered_d[slot*Lanes*CodeBits+:Lanes*CodeBits] = code_data_i;
      end
    end
  end

  always_comb begin
    left_d    = left_q;
    leaving_d = leaving_q;
    if (hand_over) begin
      left_d    = bits_i;
      leaving_d = gathered_q;
    end else if (plane_valid_o && plane_ready_i) begin
      left_d    = left_q - 1'b1;
      leaving_d = leaving_q >> 1;  // bit i+1 of every code moves into the place of bit i
    end
  end

  for (genvar i = 0; i < Codes; i++) begin : gen_plane
    assign plane_data_o[i] = leaving_q[i*CodeBits];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q <= '0;
      left_q <= '0;
    end else begin
      beat_q <= beat_d;
      left_q <= left_d;
    end
  end

  always_ff @(posedge clk_i) begin
    gathered_q <= gathered_d;
    leaving_q  <= leaving_d;
  end
endmodule
