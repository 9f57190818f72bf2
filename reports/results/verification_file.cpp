#include "reports/results/verification_file.h"

#include "reports/results/fields.h"

namespace bitloom::reports {

template <class Fields>
void fields(Fields& f, Is<Verdict> auto& verdict) {
  fields(f, verdict.bits);
  f.has("codes", verdict.codes);
  f.needs("values", verdict.values);
  f.needs("values_equal", verdict.values_equal);
  f.needs("rtl_cycles", verdict.rtl_cycles);
  f.or_null("analytic_cycles", verdict.analytic_cycles);
  f.or_null("cycle_cycles", verdict.systemc_cycles);
  f.has("has_more_bits", verdict.has_more_bits);
  f.needs("passed", verdict.passed);
  f.has("complaint", verdict.complaint);
}

template <class Fields>
void fields(Fields& f, Is<VerificationFile> auto& verification) {
  f.has("schema", schema(verification.schema));
  f.has("hardware", verification.hardware);
  f.has("array", verification.array);
  f.may("rtl", verification.rtl);
  f.has("pipeline_cycles", verification.pipeline_cycles);
  f.has("described_pipeline_cycles", verification.described_pipeline_cycles);
  f.has("batch", verification.batch);
  f.may("described_batch", verification.described_batch);
  f.has("seed", verification.seed);
  f.may("stall_seed", verification.stall_seed);
  f.has("passed", verification.passed);
  f.needs("layers", verification.layers);
}

std::string json_text(const VerificationFile& verification) { return file_text(verification, 2); }

VerificationFile read_verification(const JsonValue& json) {
  return read_result<VerificationFile>(json);
}

}  // namespace bitloom::reports
