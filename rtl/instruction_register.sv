// The instruction of the phase that runs, and the next one, taken from the stream ahead of time, so
// that a phase can begin in the cycle after the one before has ended.
// Latency: an instruction taken in a cycle can start from the next one on, and shows on current_o
// the cycle after its start.
// Throughput: one instruction every two cycles.
// Output: Width bits, the fields as bismo_core packs them.
module instruction_register #(
    parameter int unsigned Width = 64
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             valid_i,
    output logic             ready_o,
    input  logic [Width-1:0] instruction_i,
    input  logic             phase_ends_i,
    output logic             start_o,
    output logic [Width-1:0] current_o
);
  if (Width < 1) $error("instruction_register: Width must be at least 1");

  logic busy_d, busy_q, next_valid_d, next_valid_q;
  logic [Width-1:0] next_d, next_q, current_d, current_q;

  assign ready_o   = !next_valid_q;
  assign start_o   = next_valid_q && (!busy_q || phase_ends_i);
  assign current_o = current_q;

  always_comb begin
    busy_d       = start_o || (busy_q && !phase_ends_i);
    next_valid_d = next_valid_q ? !start_o : valid_i;
    next_d       = next_q;
    if (valid_i && ready_o) next_d = instruction_i;
    current_d = current_q;
    if (start_o) current_d = next_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      next_valid_q <= 1'b0;
      next_q       <= '0;
      current_q    <= '0;
    end else begin
      busy_q       <= busy_d;
      next_valid_q <= next_valid_d;
      next_q       <= next_d;
      current_q    <= current_d;
    end
  end
endmodule
