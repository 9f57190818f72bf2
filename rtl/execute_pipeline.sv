// Control of the slots on their way through the array: count, term (shift, or multiply, where
// shift_i is the plane of the activations), accumulate. An elastic pipeline: a slot moves on when
// the stage ahead is free or is being freed, so that bubbles close up behind a tile that waits for
// the result bank.
// Latency: 3 cycles from issue to the accumulate stage. Throughput: one slot a cycle.
// Outputs: a stage's rows are those that work in this cycle, none while the stage is empty or held.
module execute_pipeline #(
    parameter int unsigned Dm = 8,
    parameter int unsigned Dn = 8
) (
    input  logic          clk_i,
    input  logic          rst_ni,
    output logic          ready_o,
    input  logic          issue_i,
    input  logic [Dm-1:0] rows_i,
    input  logic [Dn-1:0] columns_i,
    input  logic [4:0]    shift_i,
    input  logic          negate_i,
    input  logic          first_i,
    input  logic          emit_i,  // its sum is a result
    input  logic          last_i,  // it ends the phase
    output logic [Dm-1:0] count_rows_o,
    output logic [Dn-1:0] count_columns_o,
    output logic [4:0]    count_shift_o,
    output logic [Dm-1:0] term_rows_o,
    output logic [Dn-1:0] term_columns_o,
    output logic [4:0]    term_shift_o,
    output logic [Dm-1:0] accumulate_rows_o,
    output logic [Dn-1:0] accumulate_columns_o,
    output logic          accumulate_negate_o,
    output logic          accumulate_first_o,
    input  logic          bank_ready_i,
    output logic          emit_o,
    output logic          last_o
);
  localparam int unsigned SlotWidth = Dm + Dn + 9;

  if (Dm < 1) $error("execute_pipeline: Dm must be at least 1");
  if (Dn < 1) $error("execute_pipeline: Dn must be at least 1");

  logic count_valid_d, count_valid_q, term_valid_d, term_valid_q, sum_valid_d, sum_valid_q;
  logic [SlotWidth-1:0] count_slot_d, count_slot_q, term_slot_d, term_slot_q;
  logic [SlotWidth-6:0] sum_slot_d, sum_slot_q;
  logic count_ready, term_ready, sum_ready, retire;
  logic [Dm-1:0] count_rows, term_rows, sum_rows;
  logic sum_emit, sum_last;

  assign count_rows      = count_slot_q[SlotWidth-1-:Dm];
  assign count_columns_o = count_slot_q[9+:Dn];
  assign count_shift_o   = count_slot_q[4:0];
  assign term_rows       = term_slot_q[SlotWidth-1-:Dm];
  assign term_columns_o  = term_slot_q[9+:Dn];
  assign term_shift_o    = term_slot_q[4:0];
  assign {sum_rows, accumulate_columns_o, accumulate_negate_o, accumulate_first_o, sum_emit,
          sum_last} =
      sum_slot_q;

  assign retire      = sum_valid_q && (bank_ready_i || !sum_emit);
  assign sum_ready   = retire || !sum_valid_q;
  assign term_ready  = sum_ready || !term_valid_q;
  assign count_ready = term_ready || !count_valid_q;

  always_comb begin
    count_valid_d = count_ready ? issue_i : count_valid_q;
    count_slot_d  = count_slot_q;
    if (issue_i) count_slot_d = {rows_i, columns_i, negate_i, first_i, emit_i, last_i, shift_i};
    term_valid_d = term_ready ? count_valid_q : term_valid_q;
    term_slot_d  = term_ready ? count_slot_q : term_slot_q;
    sum_valid_d  = sum_ready ? term_valid_q : sum_valid_q;
    sum_slot_d   = sum_ready ? term_slot_q[SlotWidth-1:5] : sum_slot_q;
  end

  assign ready_o           = count_ready;
  assign count_rows_o      = count_valid_q && term_ready ? count_rows : '0;
  assign term_rows_o       = term_valid_q && sum_ready ? term_rows : '0;
  assign accumulate_rows_o = retire ? sum_rows : '0;
  assign emit_o            = retire && sum_emit;
  assign last_o            = retire && sum_last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_valid_q <= 1'b0;
      term_valid_q  <= 1'b0;
      sum_valid_q   <= 1'b0;
      count_slot_q  <= '0;
      term_slot_q   <= '0;
      sum_slot_q    <= '0;
    end else begin
      count_valid_q <= count_valid_d;
      term_valid_q  <= term_valid_d;
      sum_valid_q   <= sum_valid_d;
      count_slot_q  <= count_slot_d;
      term_slot_q   <= term_slot_d;
      sum_slot_q    <= sum_slot_d;
    end
  end
endmodule
