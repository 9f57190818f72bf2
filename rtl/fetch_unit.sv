// Fills the buffers of one operand with a block: takes its beats in the order tile, word of K,
// bit-plane, row, beat, and writes a row's word of one plane when its last beat arrives; bits of
// the word that no beat carries are written as zero.
// Latency: planes_o counts a plane in the cycle after its last beat. Throughput: one beat a cycle.
// start_i begins a block; the block's shape must then hold still until the next.
// Output: planes_o, the planes complete so far = the address being filled, IndexWidth bits as it
// reaches Words.
module fetch_unit #(
    parameter  int unsigned Rows         = 8,
    parameter  int unsigned WordBits     = 64,
    parameter  int unsigned Words        = 1024,
    parameter  int unsigned PortBits     = 64,
    parameter  int unsigned IndexWidth   = 11,
    localparam int unsigned MaxBeats     = (WordBits + PortBits - 1) / PortBits,
    localparam int unsigned BeatWidth    = $clog2(MaxBeats + 1),
    localparam int unsigned RowWidth     = $clog2(Rows + 1),
    localparam int unsigned AddressWidth = Words > 1 ? $clog2(Words) : 1
) (
    input  logic                    clk_i,
    input  logic                    rst_ni,
    input  logic                    start_i,
    input  logic [IndexWidth-1:0]   tiles_i,
    input  logic [IndexWidth-1:0]   words_i,
    input  logic [4:0]              bits_i,
    input  logic [RowWidth-1:0]     rows_in_last_tile_i,
    input  logic [BeatWidth-1:0]    beats_per_word_i,
    input  logic [BeatWidth-1:0]    beats_of_last_word_i,
    input  logic                    beat_valid_i,
    output logic                    beat_ready_o,
    input  logic [PortBits-1:0]     beat_data_i,
    output logic [Rows-1:0]         write_rows_o,
    output logic [AddressWidth-1:0] write_address_o,
    output logic [WordBits-1:0]     write_data_o,
    output logic [IndexWidth-1:0]   planes_o
);
  localparam int unsigned BeatsBits = MaxBeats * PortBits;

  if (Rows < 1) $error("fetch_unit: Rows must be at least 1");
  if (WordBits < 1) $error("fetch_unit: WordBits must be at least 1");
  if (Words < 1) $error("fetch_unit: Words must be at least 1");
  if (PortBits < 1) $error("fetch_unit: PortBits must be at least 1");
  if (IndexWidth < $clog2(Words + 1)) $error("fetch_unit: IndexWidth must hold Words");

  logic fetching_d, fetching_q;
  logic [BeatWidth-1:0] beat_d, beat_q;
  logic [RowWidth-1:0] row_d, row_q;
  logic [4:0] bit_d, bit_q;
  logic [IndexWidth-1:0] word_d, word_q, tile_d, tile_q, plane_d, plane_q;
  logic last_beat, last_row, last_bit, last_word, last_tile;
  logic [BeatsBits-1:0] gathered_d, gathered_q;

  always_comb begin
    last_tile = tile_q == tiles_i - 1'b1;
    last_word = word_q == words_i - 1'b1;
    last_bit  = bit_q == bits_i - 1'b1;
    last_row  = row_q == (last_tile ? rows_in_last_tile_i : RowWidth'(Rows)) - 1'b1;
    last_beat = beat_q == (last_word ? beats_of_last_word_i : beats_per_word_i) - 1'b1;
  end

  always_comb begin
    fetching_d = fetching_q;
    beat_d     = beat_q;
    row_d      = row_q;
    bit_d      = bit_q;
    word_d     = word_q;
    tile_d     = tile_q;
    plane_d    = plane_q;
    if (start_i) begin
      fetching_d = 1'b1;
      beat_d     = '0;
      row_d      = '0;
      bit_d      = '0;
      word_d     = '0;
      tile_d     = '0;
      plane_d    = '0;
    end else if (fetching_q && beat_valid_i) begin
      beat_d = last_beat ? '0 : beat_q + 1'b1;
      if (last_beat) begin
        row_d = last_row ? '0 : row_q + 1'b1;
        if (last_row) begin
          plane_d = plane_q + 1'b1;
          bit_d   = last_bit ? '0 : bit_q + 1'b1;
          if (last_bit) begin
            word_d = last_word ? '0 : word_q + 1'b1;
            if (last_word) begin
              tile_d     = tile_q + 1'b1;
              fetching_d = !last_tile;
            end
          end
        end
      end
    end
  end

  // The word so far: earlier beats as gathered, this beat in its place, zeros after it.
  always_comb begin
    gathered_d = gathered_q;
    if (fetching_q && beat_valid_i) begin
      if (beat_q == '0) gathered_d = '0;
      for (int unsigned slot = 0; slot < MaxBeats; slot++) begin
        if (beat_q == BeatWidth'(slot)) gathered_d[slot*PortBits+:PortBits] = beat_data_i;
      end
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_write
    assign write_rows_o[r] = fetching_q && beat_valid_i && last_beat && row_q == RowWidth'(r);
  end
  assign write_address_o = plane_q[AddressWidth-1:0];
  assign write_data_o    = gathered_d[WordBits-1:0];
  assign beat_ready_o    = fetching_q;
  assign planes_o        = plane_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fetching_q <= 1'b0;
      beat_q     <= '0;
      row_q      <= '0;
      bit_q      <= '0;
      word_q     <= '0;
      tile_q     <= '0;
      plane_q    <= '0;
      gathered_q <= '0;
    end else begin
      fetching_q <= fetching_d;
      beat_q     <= beat_d;
      row_q      <= row_d;
      bit_q      <= bit_d;
      word_q     <= word_d;
      tile_q     <= tile_d;
      plane_q    <= plane_d;
      gathered_q <= gathered_d;
    end
  end
endmodule
