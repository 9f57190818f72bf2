// Number of ones of a word.
// Latency: combinational. Throughput: one word a cycle.
// Output: CountWidth = clog2(Width + 1) bits, as 0..Width are Width + 1 values.
module popcount #(
    parameter  int unsigned Width      = 64,
    localparam int unsigned CountWidth = $clog2(Width + 1)
) (
    input  logic [Width-1:0]      data_i,
    output logic [CountWidth-1:0] count_o
);
  if (Width < 1) $error("popcount: Width must be at least 1");

  assign count_o = CountWidth'($countones(data_i));
endmodule
