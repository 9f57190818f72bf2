// A BISMO core: two operand fetch streams, a Dm x Dn array of Dk-bit dot-product units, a result
// stream, run by a stream of instructions of one phase each (rtl/README.md gives fields and order
// of the streams).
// Latency: from a phase's first beat to its last accumulation = the phase's length
// (sim/families/bismo/phase_length.h) + pipeline_cycles_o: buffer write, buffer read, count and
// shift stand before the accumulator's own cycle.
// Throughput: one bit-plane pair of a tile pair a cycle; the next phase's first beat may follow its
// end in the next cycle.
// Outputs: result_data_o holds the tile's accumulators, unit (r, c) at index r * Dn + c, low bits
// first, in beats of ResultPortBits; units of rows and columns outside an operand's last tile are
// unspecified. issued_o and phase_ended_o tell of the cycle that the last clock edge ended.
module bismo_core #(
    parameter int unsigned Dm                 = 8,
    parameter int unsigned Dk                 = 64,
    parameter int unsigned Dn                 = 8,
    parameter int unsigned AccumulatorWidth   = 32,
    parameter int unsigned ActivationWords    = 1024,
    parameter int unsigned WeightWords        = 1024,
    parameter int unsigned ActivationPortBits = 64,
    parameter int unsigned WeightPortBits     = 64,
    parameter int unsigned ResultPortBits     = Dm * Dn * AccumulatorWidth,
    parameter int unsigned CoefficientBits    = 0,  // of a plane's code; 0: planes are shifted
    localparam int unsigned MaxWords =
        ActivationWords > WeightWords ? ActivationWords : WeightWords,
    localparam int unsigned IndexWidth = $clog2(MaxWords + 1),
    localparam int unsigned RowWidth = $clog2(Dm + 1),
    localparam int unsigned ColumnWidth = $clog2(Dn + 1),
    localparam int unsigned ActivationBeatWidth =
        $clog2((Dk + ActivationPortBits - 1) / ActivationPortBits + 1),
    localparam int unsigned WeightBeatWidth =
        $clog2((Dk + WeightPortBits - 1) / WeightPortBits + 1),
    localparam int unsigned CodeWidth = CoefficientBits == 0 ? 1 : CoefficientBits,
    localparam int unsigned CodesWidth = CoefficientBits == 0 ? 1 : 16 * CoefficientBits
) (
    input logic clk_i,
    input logic rst_ni,

    input  logic                           instruction_valid_i,
    output logic                           instruction_ready_o,
    input  logic                           outer_is_weights_i,
    input  logic                           clear_i,
    input  logic                           emit_i,
    input  logic [IndexWidth-1:0]          words_i,
    input  logic [IndexWidth-1:0]          activation_tiles_i,
    input  logic [RowWidth-1:0]            activation_rows_in_last_tile_i,
    input  logic [4:0]                     activation_bits_i,
    input  logic                           activation_signed_i,
    input  logic [CodesWidth-1:0]          activation_codes_i,
    input  logic [ActivationBeatWidth-1:0] activation_beats_per_word_i,
    input  logic [ActivationBeatWidth-1:0] activation_beats_of_last_word_i,
    input  logic [IndexWidth-1:0]          weight_tiles_i,
    input  logic [ColumnWidth-1:0]         weight_rows_in_last_tile_i,
    input  logic [4:0]                     weight_bits_i,
    input  logic                           weight_signed_i,
    input  logic                           weight_bipolar_i,
    input  logic [WeightBeatWidth-1:0]     weight_beats_per_word_i,
    input  logic [WeightBeatWidth-1:0]     weight_beats_of_last_word_i,

    input  logic                          activation_valid_i,
    output logic                          activation_ready_o,
    input  logic [ActivationPortBits-1:0] activation_data_i,

    input  logic                      weight_valid_i,
    output logic                      weight_ready_o,
    input  logic [WeightPortBits-1:0] weight_data_i,
    input  logic [CodeWidth-1:0]      weight_code_i,

    output logic                      result_valid_o,
    input  logic                      result_ready_i,
    output logic [ResultPortBits-1:0] result_data_o,

    output logic       issued_o,
    output logic       phase_ended_o,
    output logic [3:0] pipeline_cycles_o
);
  localparam int unsigned ActivationAddressWidth =
      ActivationWords > 1 ? $clog2(ActivationWords) : 1;
  localparam int unsigned WeightAddressWidth = WeightWords > 1 ? $clog2(WeightWords) : 1;
  localparam int unsigned TileBits = Dm * Dn * AccumulatorWidth;
  localparam int unsigned InstructionWidth = 3 * IndexWidth + RowWidth + ColumnWidth +
      2 * ActivationBeatWidth + 2 * WeightBeatWidth + 2 * 5 + 6 + CodesWidth;
  localparam int unsigned WeightWordBits = Dk + CoefficientBits;

  if (Dm < 1 || Dm > 1024) $error("bismo_core: Dm must be in 1..1024");
  if (Dk < 1 || Dk > 4096) $error("bismo_core: Dk must be in 1..4096");
  if (Dn < 1 || Dn > 1024) $error("bismo_core: Dn must be in 1..1024");
  if (AccumulatorWidth < 8 || AccumulatorWidth > 64)
    $error("bismo_core: AccumulatorWidth must be in 8..64");
  if (ActivationWords < 1 || ActivationWords > 1 << 20)
    $error("bismo_core: ActivationWords must be in 1..2^20");
  if (WeightWords < 1 || WeightWords > 1 << 20)
    $error("bismo_core: WeightWords must be in 1..2^20");
  if (ActivationPortBits < 1 || ActivationPortBits > 1 << 16)
    $error("bismo_core: ActivationPortBits must be in 1..2^16");
  if (WeightPortBits < 1 || WeightPortBits > 1 << 16)
    $error("bismo_core: WeightPortBits must be in 1..2^16");
  if (ResultPortBits < 1) $error("bismo_core: ResultPortBits must be at least 1");
  if (CoefficientBits > 16) $error("bismo_core: CoefficientBits must be in 0..16");

  logic start, phase_ends;
  logic outer_is_weights, clear, emit_results, activation_signed, weight_signed, weight_bipolar;
  logic [IndexWidth-1:0] words, activation_tiles, weight_tiles;
  logic [RowWidth-1:0] activation_rows_in_last_tile;
  logic [ColumnWidth-1:0] weight_rows_in_last_tile;
  logic [4:0] activation_bits, weight_bits;
  logic [CodesWidth-1:0] activation_codes;
  logic [ActivationBeatWidth-1:0] activation_beats_per_word, activation_beats_of_last_word;
  logic [WeightBeatWidth-1:0] weight_beats_per_word, weight_beats_of_last_word;

  instruction_register #(
      .Width(InstructionWidth)
  ) u_instruction_register (
      .clk_i,
      .rst_ni,
      .valid_i(instruction_valid_i),
      .ready_o(instruction_ready_o),
      .instruction_i({
        outer_is_weights_i, clear_i, emit_i, words_i,
        activation_tiles_i, activation_rows_in_last_tile_i, activation_bits_i, activation_signed_i,
        activation_beats_per_word_i, activation_beats_of_last_word_i,
        weight_tiles_i, weight_rows_in_last_tile_i, weight_bits_i, weight_signed_i,
        weight_bipolar_i, weight_beats_per_word_i, weight_beats_of_last_word_i, activation_codes_i
      }),
      .phase_ends_i(phase_ends),
      .start_o(start),
      .current_o({
        outer_is_weights, clear, emit_results, words,
        activation_tiles, activation_rows_in_last_tile, activation_bits, activation_signed,
        activation_beats_per_word, activation_beats_of_last_word,
        weight_tiles, weight_rows_in_last_tile, weight_bits, weight_signed, weight_bipolar,
        weight_beats_per_word, weight_beats_of_last_word, activation_codes
      })
  );

  logic [Dm-1:0] activation_write_rows;
  logic [ActivationAddressWidth-1:0] activation_write_address;
  logic [Dk-1:0] activation_write_data;
  logic [IndexWidth-1:0] activation_planes;

  fetch_unit #(
      .Rows(Dm),
      .WordBits(Dk),
      .Words(ActivationWords),
      .PortBits(ActivationPortBits),
      .IndexWidth(IndexWidth)
  ) u_activation_fetch (
      .clk_i,
      .rst_ni,
      .start_i(start),
      .tiles_i(activation_tiles),
      .words_i(words),
      .bits_i(activation_bits),
      .rows_in_last_tile_i(activation_rows_in_last_tile),
      .beats_per_word_i(activation_beats_per_word),
      .beats_of_last_word_i(activation_beats_of_last_word),
      .beat_valid_i(activation_valid_i),
      .beat_ready_o(activation_ready_o),
      .beat_data_i(activation_data_i),
      .write_rows_o(activation_write_rows),
      .write_address_o(activation_write_address),
      .write_data_o(activation_write_data),
      .planes_o(activation_planes)
  );

  logic [Dn-1:0] weight_write_rows;
  logic [WeightAddressWidth-1:0] weight_write_address;
  logic [Dk-1:0] weight_write_data;
  logic [IndexWidth-1:0] weight_planes;

  fetch_unit #(
      .Rows(Dn),
      .WordBits(Dk),
      .Words(WeightWords),
      .PortBits(WeightPortBits),
      .IndexWidth(IndexWidth)
  ) u_weight_fetch (
      .clk_i,
      .rst_ni,
      .start_i(start),
      .tiles_i(weight_tiles),
      .words_i(words),
      .bits_i(weight_bits),
      .rows_in_last_tile_i(weight_rows_in_last_tile),
      .beats_per_word_i(weight_beats_per_word),
      .beats_of_last_word_i(weight_beats_of_last_word),
      .beat_valid_i(weight_valid_i),
      .beat_ready_o(weight_ready_o),
      .beat_data_i(weight_data_i),
      .write_rows_o(weight_write_rows),
      .write_address_o(weight_write_address),
      .write_data_o(weight_write_data),
      .planes_o(weight_planes)
  );

  logic pipeline_ready, issue, activation_last_tile, weight_last_tile;
  logic [ActivationAddressWidth-1:0] activation_address;
  logic [WeightAddressWidth-1:0] weight_address;
  logic [4:0] shift, activation_plane;
  logic negate, first_of_tile, last_of_tile, last_of_phase;

  sequencer #(
      .IndexWidth(IndexWidth),
      .ActivationAddressWidth(ActivationAddressWidth),
      .WeightAddressWidth(WeightAddressWidth)
  ) u_sequencer (
      .clk_i,
      .rst_ni,
      .start_i(start),
      .outer_is_weights_i(outer_is_weights),
      .words_i(words),
      .activation_tiles_i(activation_tiles),
      .activation_bits_i(activation_bits),
      .activation_signed_i(activation_signed),
      .weight_tiles_i(weight_tiles),
      .weight_bits_i(weight_bits),
      .weight_signed_i(weight_signed),
      .activation_planes_i(activation_planes),
      .weight_planes_i(weight_planes),
      .ready_i(pipeline_ready),
      .issue_o(issue),
      .activation_address_o(activation_address),
      .weight_address_o(weight_address),
      .activation_last_tile_o(activation_last_tile),
      .weight_last_tile_o(weight_last_tile),
      .shift_o(shift),
      .activation_plane_o(activation_plane),
      .negate_o(negate),
      .first_of_tile_o(first_of_tile),
      .last_of_tile_o(last_of_tile),
      .last_of_phase_o(last_of_phase)
  );

  logic [Dm-1:0] rows;
  logic [Dn-1:0] columns;
  logic [Dm*Dk-1:0] activation_words;
  logic [Dn*Dk-1:0] weight_words;
  logic [Dn*CodeWidth-1:0] weight_codes;

  for (genvar r = 0; r < Dm; r++) begin : gen_row
    assign rows[r] = !activation_last_tile || RowWidth'(r) < activation_rows_in_last_tile;

    operand_buffer #(
        .Width(Dk),
        .Words(ActivationWords)
    ) u_buffer (
        .clk_i,
        .write_i(activation_write_rows[r]),
        .write_address_i(activation_write_address),
        .write_data_i(activation_write_data),
        .read_i(issue && rows[r]),
        .read_address_i(activation_address),
        .read_data_o(activation_words[r*Dk+:Dk])
    );
  end

  for (genvar c = 0; c < Dn; c++) begin : gen_column
    assign columns[c] = !weight_last_tile || ColumnWidth'(c) < weight_rows_in_last_tile;

    // A word's code lies behind it and comes beside each of its beats.
    logic [WeightWordBits-1:0] word;
    assign weight_words[c*Dk+:Dk] = word[Dk-1:0];
    if (CoefficientBits == 0) begin : gen_no_code
      assign weight_codes[c] = 1'b0;
    end else begin : gen_code
      assign weight_codes[c*CodeWidth+:CodeWidth] = word[WeightWordBits-1-:CodeWidth];
    end

    operand_buffer #(
        .Width(WeightWordBits),
        .Words(WeightWords)
    ) u_buffer (
        .clk_i,
        .write_i(weight_write_rows[c]),
        .write_address_i(weight_write_address),
        .write_data_i(WeightWordBits'({weight_code_i, weight_write_data})),
        .read_i(issue && columns[c]),
        .read_address_i(weight_address),
        .read_data_o(word)
    );
  end

  logic [Dm-1:0] count_rows, term_rows, accumulate_rows;
  logic [Dn-1:0] count_columns, term_columns, accumulate_columns;
  logic [4:0] count_plane, term_shift;
  logic accumulate_negate, accumulate_first, bank_ready, bank_copy;
  logic [TileBits-1:0] sums;

  execute_pipeline #(
      .Dm(Dm),
      .Dn(Dn)
  ) u_pipeline (
      .clk_i,
      .rst_ni,
      .ready_o(pipeline_ready),
      .issue_i(issue),
      .rows_i(rows),
      .columns_i(columns),
      .shift_i(CoefficientBits == 0 ? shift : activation_plane),
      .negate_i(negate),
      .first_i(first_of_tile && clear),
      .emit_i(last_of_tile && emit_results),
      .last_i(last_of_phase),
      .count_rows_o(count_rows),
      .count_columns_o(count_columns),
      .count_shift_o(count_plane),
      .term_rows_o(term_rows),
      .term_columns_o(term_columns),
      .term_shift_o(term_shift),
      .accumulate_rows_o(accumulate_rows),
      .accumulate_columns_o(accumulate_columns),
      .accumulate_negate_o(accumulate_negate),
      .accumulate_first_o(accumulate_first),
      .bank_ready_i(bank_ready),
      .emit_o(bank_copy),
      .last_o(phase_ends)
  );

  dpu_array #(
      .Dm(Dm),
      .Dk(Dk),
      .Dn(Dn),
      .AccumulatorWidth(AccumulatorWidth),
      .CoefficientBits(CoefficientBits)
  ) u_array (
      .clk_i,
      .activations_i(activation_words),
      .weights_i(weight_words),
      .weight_codes_i(weight_codes),
      .activation_codes_i(activation_codes),
      .bipolar_i(weight_bipolar),
      .count_rows_i(count_rows),
      .count_columns_i(count_columns),
      .count_plane_i(count_plane),
      .term_rows_i(term_rows),
      .term_columns_i(term_columns),
      .term_shift_i(term_shift),
      .accumulate_rows_i(accumulate_rows),
      .accumulate_columns_i(accumulate_columns),
      .accumulate_negate_i(accumulate_negate),
      .accumulate_first_i(accumulate_first),
      .sums_o(sums)
  );

  result_bank #(
      .TileBits(TileBits),
      .PortBits(ResultPortBits)
  ) u_result_bank (
      .clk_i,
      .rst_ni,
      .copy_i(bank_copy),
      .tile_i(sums),
      .ready_o(bank_ready),
      .beat_valid_o(result_valid_o),
      .beat_ready_i(result_ready_i),
      .beat_data_o(result_data_o)
  );

  assign pipeline_cycles_o = 4'd4;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      issued_o      <= 1'b0;
      phase_ended_o <= 1'b0;
    end else begin
      issued_o      <= issue;
      phase_ended_o <= phase_ends;
    end
  end
endmodule
