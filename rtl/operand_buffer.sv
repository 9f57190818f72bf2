// Memory of one array row or column: Words words of Width bits, one write and one read port (a
// simple dual-port BRAM).
// Latency: read data follow the read by 1 cycle and stay until the next read; a word written in a
// cycle is read from the next one on. Throughput: one write and one read a cycle.
// Output: Width bits, the array's word.
module operand_buffer #(
    parameter  int unsigned Width        = 64,
    parameter  int unsigned Words        = 1024,
    localparam int unsigned AddressWidth = Words > 1 ? $clog2(Words) : 1
) (
    input  logic                    clk_i,
    input  logic                    write_i,
    input  logic [AddressWidth-1:0] write_address_i,
    input  logic [Width-1:0]        write_data_i,
    input  logic                    read_i,
    input  logic [AddressWidth-1:0] read_address_i,
    output logic [Width-1:0]        read_data_o
);
  if (Width < 1) $error("operand_buffer: Width must be at least 1");
  if (Words < 1) $error("operand_buffer: Words must be at least 1");

  logic [Width-1:0] words_q[Words];

  always_ff @(posedge clk_i) begin
    if (write_i) words_q[write_address_i] <= write_data_i;
    if (read_i) read_data_o <= words_q[read_address_i];
  end
endmodule
