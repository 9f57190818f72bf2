// Runs the layers of a dump on bismo_core, back to back with a reset between them: streams never
// wait, results are compared value by value, and each layer's cycles with those of the engines.
// It ends with PASS, or with FAIL and an exit status other than 0.
module testbench;
  `include "sizes.svh"
  `include "instance.svh"

  localparam int unsigned TileBits = Dm * Dn * AccumulatorWidth;
  localparam int unsigned BeatsPerTile = (TileBits + ResultPortBits - 1) / ResultPortBits;
  localparam int unsigned Patience = 100000;  // cycles beyond four times those expected

  // Of an instruction; codes of the activations' planes are last, where there are any.
  localparam int unsigned Fields = CoefficientBits == 0 ? 17 : 33;

  // A line of a file each. Fields of instructions and tiles are 32 bits wide, the first lowest.
  logic [Fields*32-1:0] instructions[MostInstructions+1];
  logic [ActivationPortBits-1:0] activations[MostActivations+1];
  logic [WeightPortBits-1:0] weights[MostWeights+1];
  logic [CodeWidth-1:0] codes[MostWeights+1];  // beside the weights
  logic [5*32-1:0] tiles[MostTiles+1];  // product, first pixel, first channel, pixels, channels
  logic [TileBits-1:0] results[MostTiles+1];

  string name;
  int unsigned instruction_count, activation_count, weight_count, tile_count;
  int unsigned instruction_index, activation_index, weight_index, tile_index, beat_index;
  int unsigned cycle, first_cycle, end_cycle, phases, wrong;
  int unsigned failed_layers = 0;
  logic started;

  initial begin
    clk = 1'b0;
    rst_n = 1'b0;
  end
  always #5 clk = !clk;

  logic [Fields*32-1:0] instruction;
  assign instruction                     = instructions[instruction_index];
  assign instruction_valid               = rst_n && instruction_index < instruction_count;
  assign outer_is_weights                = instruction[0*32];
  assign clear                           = instruction[1*32];
  assign emit_results                    = instruction[2*32];
  assign words                           = instruction[3*32+:IndexWidth];
  assign activation_tiles                = instruction[4*32+:IndexWidth];
  assign activation_rows_in_last_tile    = instruction[5*32+:RowWidth];
  assign activation_bits                 = instruction[6*32+:5];
  assign activation_signed               = instruction[7*32];
  assign activation_beats_per_word       = instruction[8*32+:ActivationBeatWidth];
  assign activation_beats_of_last_word   = instruction[9*32+:ActivationBeatWidth];
  assign weight_tiles                    = instruction[10*32+:IndexWidth];
  assign weight_rows_in_last_tile        = instruction[11*32+:ColumnWidth];
  assign weight_bits                     = instruction[12*32+:5];
  assign weight_signed                   = instruction[13*32];
  assign weight_bipolar                  = instruction[14*32];
  assign weight_beats_per_word           = instruction[15*32+:WeightBeatWidth];
  assign weight_beats_of_last_word       = instruction[16*32+:WeightBeatWidth];

  if (CoefficientBits == 0) begin : gen_no_codes
    assign activation_codes = '0;
  end else begin : gen_codes
    for (genvar plane = 0; plane < 16; plane++) begin : gen_plane
      assign activation_codes[plane*CodeWidth+:CodeWidth] = instruction[(17+plane)*32+:CodeWidth];
    end
  end

  assign activation_valid = rst_n && activation_index < activation_count;
  assign activation_data  = activations[activation_index];
  assign weight_valid     = rst_n && weight_index < weight_count;
  assign weight_data      = weights[weight_index];
  assign weight_code      = codes[weight_index];
  assign result_ready     = 1'b1;

  logic [BeatsPerTile*ResultPortBits-1:0] gathered;

  function automatic void check_tile();
    int unsigned first_pixel = tiles[tile_index][1*32+:32];
    int unsigned first_channel = tiles[tile_index][2*32+:32];
    for (int unsigned r = 0; r < tiles[tile_index][3*32+:32]; r++)
      for (int unsigned c = 0; c < tiles[tile_index][4*32+:32]; c++) begin
        logic signed [AccumulatorWidth-1:0] expected, got;
        expected = results[tile_index][(r*Dn+c)*AccumulatorWidth+:AccumulatorWidth];
        got = gathered[(r*Dn+c)*AccumulatorWidth+:AccumulatorWidth];
        if (expected !== got) begin
          wrong = wrong + 1;
          if (wrong == 1)
            $display("%s: product %0d, pixel %0d, channel %0d: expected %0d, got %0d, cycle %0d",
                     name, tiles[tile_index][31:0], first_pixel + r, first_channel + c, expected,
                     got, cycle - first_cycle);
        end
      end
  endfunction

  function automatic void take_result();
    if (tile_index == tile_count) begin
      wrong = wrong + 1;
      if (wrong == 1) $display("%s: more results than the layer has", name);
      return;
    end
    gathered[beat_index*ResultPortBits+:ResultPortBits] = result_data;
    beat_index = beat_index + 1;
    if (beat_index < BeatsPerTile) return;
    check_tile();
    beat_index = 0;
    tile_index = tile_index + 1;
  endfunction

  always @(posedge clk) begin
    if (!rst_n) begin
      instruction_index <= 0;
      activation_index  <= 0;
      weight_index      <= 0;
      cycle             <= 0;
      phases            <= 0;
      started           <= 1'b0;
      tile_index = 0;
      beat_index = 0;
      wrong      = 0;
    end else begin
      cycle <= cycle + 1;
      if (instruction_valid && instruction_ready) instruction_index <= instruction_index + 1;
      if (activation_valid && activation_ready) activation_index <= activation_index + 1;
      if (weight_valid && weight_ready) weight_index <= weight_index + 1;
      if (activation_ready && !started) begin
        started     <= 1'b1;
        first_cycle <= cycle;
      end
      if (phase_ended) begin
        phases    <= phases + 1;
        end_cycle <= cycle;
      end
      if (result_valid) take_result();
    end
  end

  task automatic run_layer(string folder, int unsigned instruction_lines,
                           int unsigned activation_lines, int unsigned weight_lines,
                           int unsigned tile_lines, int unsigned cycles);
    @(negedge clk);
    rst_n = 1'b0;
    $readmemh({folder, "/instructions.hex"}, instructions, 0, instruction_lines - 1);
    $readmemh({folder, "/activations.hex"}, activations, 0, activation_lines - 1);
    $readmemh({folder, "/weights.hex"}, weights, 0, weight_lines - 1);
    if (CoefficientBits > 0) $readmemh({folder, "/codes.hex"}, codes, 0, weight_lines - 1);
    $readmemh({folder, "/tiles.hex"}, tiles, 0, tile_lines - 1);
    $readmemh({folder, "/results.hex"}, results, 0, tile_lines - 1);
    name = folder;
    instruction_count = instruction_lines;
    activation_count = activation_lines;
    weight_count = weight_lines;
    tile_count = tile_lines;
    repeat (2) @(negedge clk);
    rst_n = 1'b1;
    @(negedge clk);
    while ((phases < instruction_count || tile_index < tile_count) &&
           cycle < 4 * cycles + Patience)
      @(negedge clk);
    if (phases < instruction_count || tile_index < tile_count) begin
      $display("%s: stuck: %0d of %0d phases ended, %0d of %0d tiles came", name, phases,
               instruction_count, tile_index, tile_count);
      wrong = wrong + 1;
    end else begin
      repeat (4) @(negedge clk);
      if (end_cycle - first_cycle != cycles) begin
        $display("%s: %0d cycles, expected %0d", name, end_cycle - first_cycle, cycles);
        wrong = wrong + 1;
      end
    end
    if (wrong != 0) failed_layers = failed_layers + 1;
    $display("%s: %s", name, wrong == 0 ? "pass" : "FAIL");
  endtask

  initial begin
    `include "layers.svh"
    if (failed_layers != 0) $fatal(1, "FAIL: %0d of %0d layers fail", failed_layers, Layers);
    $display("PASS: %0d of %0d layers pass", Layers, Layers);
    $finish(0);
  end
endmodule
