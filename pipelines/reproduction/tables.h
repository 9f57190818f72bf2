#pragma once

#include "pipelines/reproduction/comparison.h"

/// What the rows of tables.cpp call, each in the file of its paper.
namespace bitloom::reproduction {

void haq_lut(Comparison& comparison);
void haq_table3(Comparison& comparison);
void haq_table4(Comparison& comparison);
void haq_table5(Comparison& comparison);
void haq_table6(Comparison& comparison);
void haq_policies(Comparison& comparison);
void adabits_table4(Comparison& comparison);
void mpdnn_table3(Comparison& comparison);
void mpdnn_table4(Comparison& comparison);
void hawq_table1(Comparison& comparison);
void hawq_table3(Comparison& comparison);
void hawq_table4(Comparison& comparison);
void hawq_v2_table1(Comparison& comparison);
void hawq_v2_table2(Comparison& comparison);
void hawq_v2_table3(Comparison& comparison);
void hawq_v2_table4(Comparison& comparison);
void kcnn_table1(Comparison& comparison);
void kcnn_table2(Comparison& comparison);
void autoq_table3(Comparison& comparison);
void bitfusion_sweep(Comparison& comparison);
void apq_lut(Comparison& comparison);
void energy(Comparison& comparison);
void lq_nets_accuracies(Comparison& comparison);
void qil_accuracies(Comparison& comparison);
void dsq_accuracies(Comparison& comparison);
void sat_accuracies(Comparison& comparison);
void stlq_accuracies(Comparison& comparison);

}  // namespace bitloom::reproduction
