#pragma once

#include "pipelines/reproduction/comparison.h"

/// What the rows of tables.cpp call, each in the file of its paper.
namespace bitloom::reproduction {

void haq_lut(Comparison& comparison);
void haq_table3(Comparison& comparison);
void haq_table4(Comparison& comparison);
void haq_table5(Comparison& comparison);
void haq_table6(Comparison& comparison);
void adabits_table4(Comparison& comparison);
void mpdnn_table3(Comparison& comparison);
void mpdnn_table4(Comparison& comparison);

}  // namespace bitloom::reproduction
