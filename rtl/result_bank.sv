// Holds a finished tile while it leaves through the result port, so that the array can go on with
// the next.
// Latency: the first beat is valid in the cycle after the copy. Throughput: one beat a cycle, a
// tile every ceil(TileBits / PortBits) cycles; a copy may fall into the cycle of the last beat of
// the tile before.
// Output: PortBits bits a beat, the tile's low bits first, zeros after its end.
module result_bank #(
    parameter int unsigned TileBits = 2048,
    parameter int unsigned PortBits = 2048
) (
    input  logic                clk_i,
    input  logic                rst_ni,
    input  logic                copy_i,
    input  logic [TileBits-1:0] tile_i,
    output logic                ready_o,
    output logic                beat_valid_o,
    input  logic                beat_ready_i,
    output logic [PortBits-1:0] beat_data_o
);
  localparam int unsigned Beats     = (TileBits + PortBits - 1) / PortBits;
  localparam int unsigned BeatWidth = $clog2(Beats + 1);
  localparam int unsigned BeatsBits = Beats * PortBits;

  if (TileBits < 1) $error("result_bank: TileBits must be at least 1");
  if (PortBits < 1) $error("result_bank: PortBits must be at least 1");

  logic [BeatWidth-1:0] left_d, left_q;
  logic [BeatsBits-1:0] tile_d, tile_q;

  assign beat_valid_o = left_q != '0;
  assign beat_data_o  = tile_q[PortBits-1:0];
  assign ready_o      = left_q == '0 || (left_q == BeatWidth'(1) && beat_ready_i);

  always_comb begin
    left_d = left_q;
    tile_d = tile_q;
    if (copy_i) begin
      left_d = BeatWidth'(Beats);
      tile_d = BeatsBits'(tile_i);
    end else if (beat_valid_o && beat_ready_i) begin
      left_d = left_q - 1'b1;
      if (Beats > 1) tile_d = tile_q >> PortBits;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
    end else begin
      left_q <= left_d;
    end
  end

  always_ff @(posedge clk_i) tile_q <= tile_d;
endmodule
