// What lifting a limit gives, rooflines, and what energies depend on.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/engines.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cost.h"
#include "sim/families/bismo/limits.h"
#include "sim/lifts.h"
#include "sim/roofline.h"
#include "sim/sensitivity.h"

namespace bitloom::sim {
namespace {

using cost::lifts_of;
using graph::Precision;

hardware::Hardware shipped(const std::string& name) {
  return hardware::load_hardware(name, BITLOOM_SOURCE_DIR "/configs/hardware");
}

struct Priced {
  hardware::Hardware hardware;
  std::vector<Job> jobs;
  std::vector<LayerResult> results;
};

Priced priced(const std::string& network, const hardware::Hardware& hardware, Precision bits,
              Engine engine = analytic()) {
  const auto layers = graph::layers_of(graph::make_network(network));
  const auto jobs = jobs_of(layers, graph::uniform_policy(layers.size(), bits), hardware.batch());
  return {hardware, jobs, run(jobs, hardware, {engine})};
}

std::size_t index_of(const std::vector<Lift>& lifts, std::string_view name) {
  for (std::size_t i = 0; i < lifts.size(); ++i)
    if (lifts[i].name == name) return i;
  return lifts.size();
}

TEST(Lifts, AreOfLimitsThatTheMachineHas) {
  hardware::Bismo edge = shipped("bismo-edge").as<hardware::Bismo>();
  EXPECT_EQ(index_of(lifts_of(edge), "memory"), lifts_of(edge).size());
  EXPECT_EQ(index_of(lifts_of(edge), "pipeline"), lifts_of(edge).size());
  edge.memory_latency_cycles = 30;
  edge.pipeline_cycles = 4;
  EXPECT_LT(index_of(lifts_of(edge), "memory"), lifts_of(edge).size());
  EXPECT_LT(index_of(lifts_of(edge), "pipeline"), lifts_of(edge).size());
  const auto cloud = lifts_of(shipped("bismo-cloud").as<hardware::Bismo>());
  EXPECT_EQ(index_of(cloud, "both ports"), cloud.size()) << "they carry a word a beat already";
}

TEST(Lifts, OfTheArrayKeepPhasesAndTraffic) {
  for (const char* machine : {"bismo-edge", "bismo-cloud"})
    for (const Precision bits : {Precision{8, 8}, Precision{2, 5}}) {
      const Priced p = priced("mobilenet_v2", shipped(machine), bits);
      const hardware::Bismo hw = p.hardware.as<hardware::Bismo>();
      const std::size_t array = index_of(lifts_of(hw), "array");
      for (std::size_t i = 0; i < p.jobs.size(); ++i) {
        const auto before = mapping::map_layer(p.jobs[i].layer, bits, hw, hw.batch);
        const hardware::Bismo lifted = cost::lifted(array, before, hw);
        const auto after = mapping::map_layer(p.jobs[i].layer, bits, lifted, hw.batch);
        EXPECT_EQ(after.phases_per_gemm(), before.phases_per_gemm()) << p.jobs[i].layer.name;
        EXPECT_EQ(cost::count_actions(after, lifted).port(),
                  p.results[i].details.as<cost::LayerDetails>().actions.port())
            << p.jobs[i].layer.name;
      }
    }
}

TEST(Lifts, OfTheArrayKeepTheResultPortBusy) {
  auto hw = shipped("bismo-edge").as<hardware::Bismo>();
  hw.result_port_bits = 8;
  const std::size_t array = index_of(lifts_of(hw), "array");
  for (const bool writes : {false, true})
    for (const Engine& engine : {analytic(), cycle()}) {
      hw.write_back = writes ? hardware::WriteBack::kAccumulators : hardware::WriteBack::kNone;
      const Priced p = priced("resnet20", hw, {2, 2}, engine);
      const auto lifted = lifted_cycles(p.jobs, p.results, p.hardware, {engine});
      for (std::size_t i = 0; i < p.jobs.size(); ++i) {
        const double saved = 1 - static_cast<double>(lifted[array]->at(i).count()) /
                                     static_cast<double>(p.results[i].cost.timing.total.count());
        EXPECT_LE(saved,
                  p.hardware.machine().bound_by(p.jobs[i], p.results[i]) == "result" ? 0.15 : 1)
            << p.jobs[i].layer.name << " " << engine.name;
        EXPECT_GE(saved, writes ? -0.1 : -1e-12) << p.jobs[i].layer.name << " " << engine.name;
      }
    }
}

TEST(Lifts, OfBuffersFetchEachOperandOnce) {
  const Priced p = priced("resnet18", shipped("bismo-edge"), {8, 8});
  const hardware::Bismo hw = p.hardware.as<hardware::Bismo>();
  const std::size_t buffers = index_of(lifts_of(hw), "buffers");
  for (const Job& job : p.jobs) {
    const auto before = mapping::map_layer(job.layer, job.precision, hw, job.batch);
    const hardware::Bismo lifted = cost::lifted(buffers, before, hw);
    EXPECT_EQ(mapping::map_layer(job.layer, job.precision, lifted, job.batch).phases_per_gemm(), 1)
        << job.layer.name;
  }
}

TEST(LiftedCycles, OfPortsMemoryAndPipelineAreNeverMore) {
  hardware::Bismo edge = shipped("bismo-edge").as<hardware::Bismo>();
  edge.memory_latency_cycles = 40;
  edge.pipeline_cycles = 4;
  for (const Engine engine : {analytic(), cycle()}) {
    const Priced p = priced("resnet20", edge, {3, 4}, engine);
    const auto lifts = lifts_of(edge);
    const auto cycles = lifted_cycles(p.jobs, p.results, edge, {engine});
    ASSERT_EQ(cycles.size(), lifts.size());
    for (std::size_t l = 0; l < lifts.size(); ++l)
      for (std::size_t i = 0; i < p.jobs.size(); ++i)
        EXPECT_LE(cycles[l]->at(i), p.results[i].cost.timing.total)
            << lifts[l].name << " of " << p.jobs[i].layer.name;
    EXPECT_LT(cycles[index_of(lifts, "pipeline")]->at(3), p.results[3].cost.timing.total);
    if (engine == cycle()) {
      EXPECT_LT(cycles[index_of(lifts, "memory")]->at(3), p.results[3].cost.timing.total);
    }
    for (std::size_t i = 0; i < p.jobs.size(); ++i)
      EXPECT_GE(cycles[index_of(lifts, "operand fetch")]->at(i), p.results[i].cost.timing.compute);
  }
}

TEST(LiftedCycles, AreThoseOfTheMachineWithoutTheLimit) {
  hardware::Bismo edge = shipped("bismo-edge").as<hardware::Bismo>();
  edge.pipeline_cycles = 4;
  const Priced with = priced("resnet20", edge, {4, 4});
  edge.pipeline_cycles = 0;
  const Priced without = priced("resnet20", edge, {4, 4});
  edge.pipeline_cycles = 4;
  const auto cycles = lifted_cycles(with.jobs, with.results, edge, {});
  for (std::size_t i = 0; i < with.jobs.size(); ++i)
    EXPECT_EQ(cycles[index_of(lifts_of(edge), "pipeline")]->at(i),
              without.results[i].cost.timing.total);
}

TEST(LiftedCycles, OfCodesAreThoseOfAMachineThatShifts) {
  hardware::Bismo edge = shipped("bismo-edge-real").as<hardware::Bismo>();
  const Priced shifts = priced("resnet20", edge, {2, 2});
  EXPECT_EQ(index_of(lifts_of(edge), "coefficients"), lifts_of(edge).size());
  edge.coefficients = hardware::Coefficients::kFixedPoint;
  const Priced multiplies = priced("resnet20", edge, {2, 2});
  const auto cycles = lifted_cycles(multiplies.jobs, multiplies.results, edge, {});
  Cycles more;
  for (std::size_t i = 0; i < shifts.jobs.size(); ++i) {
    EXPECT_EQ(cycles[index_of(lifts_of(edge), "coefficients")]->at(i),
              shifts.results[i].cost.timing.total);
    more += multiplies.results[i].cost.timing.total - shifts.results[i].cost.timing.total;
  }
  EXPECT_GT(more, Cycles()) << "DRAM carries the codes";
}

TEST(LiftedCycles, OfResultsSynchronisationAndIssueAreNeverMore) {
  hardware::Bismo edge = shipped("bismo-edge-real").as<hardware::Bismo>();
  edge.result_port_bits = 64;
  edge.write_back = hardware::WriteBack::kAccumulators;
  edge.fetch_sync = hardware::FetchSync::kBlock;
  edge.fetch_issue_cycles = edge.execute_issue_cycles = edge.result_issue_cycles = 8;
  for (const Engine engine : {analytic(), cycle()}) {
    const Priced p = priced("resnet20", edge, {2, 2}, engine);
    const auto lifts = lifts_of(edge);
    const auto cycles = lifted_cycles(p.jobs, p.results, edge, {engine});
    for (const char* name : {"result port", "synchronisation", "instruction issue"}) {
      ASSERT_LT(index_of(lifts, name), lifts.size());
      Cycles saved;
      for (std::size_t i = 0; i < p.jobs.size(); ++i) {
        const Cycles lifted = cycles[index_of(lifts, name)]->at(i);
        EXPECT_LE(lifted, p.results[i].cost.timing.total) << name << " of layer " << i;
        saved += p.results[i].cost.timing.total - lifted;
      }
      EXPECT_GT(saved, Cycles()) << name;
    }
  }
}

TEST(BoundBy, OfBothEnginesIsMostlyTheSame) {
  std::size_t same = 0, all = 0;
  for (const char* network : {"resnet20", "mobilenet_v2"})
    for (const Precision bits : {Precision{2, 2}, Precision{4, 4}}) {
      hardware::Hardware edge = shipped("bismo-edge-rtl");
      const Priced analytic = priced(network, edge, bits);
      const Priced cycle = priced(network, edge, bits, sim::cycle());
      for (std::size_t i = 0; i < analytic.jobs.size(); ++i) {
        ++all;
        same += edge.machine().bound_by(analytic.jobs[i], analytic.results[i]) ==
                edge.machine().bound_by(cycle.jobs[i], cycle.results[i]);
      }
    }
  EXPECT_EQ(all, 146U);
  EXPECT_GE(same, 131U) << "9 of 10: a wait may be shared by both operands";
}

TEST(BoundBy, IsWhatIsLackingOnAMachineThatLacksOneThing) {
  const auto bound_with = [](const auto& change, std::string_view bound) {
    auto hw = shipped("bismo-edge").as<hardware::Bismo>();
    hw.activation_port_bits = hw.weight_port_bits = hw.result_port_bits = 4096;
    change(hw);
    for (const Engine engine : {analytic(), cycle()}) {
      const Priced p = priced("resnet20", hw, {4, 4}, engine);
      EXPECT_EQ(p.hardware.machine().bound_by(p.jobs[3], p.results[3]), bound) << engine.name;
    }
  };
  bound_with([](auto&) {}, "compute");
  bound_with([](auto& hw) { hw.activation_port_bits = 1; }, "activation fetch");
  bound_with([](auto& hw) { hw.weight_port_bits = 1; }, "weight fetch");
  bound_with([](auto& hw) { hw.result_port_bits = 1; }, "result");
  bound_with([](auto& hw) { hw.pipeline_cycles = 100'000; }, "pipeline");
  bound_with(
      [](auto& hw) {
        hw.layout.convert = hardware::Conversion::kAll;
        hw.layout.port_bits = 1;
      },
      "conversion");
}

TEST(Roofline, IsNeverPassed) {
  for (const char* machine :
       {"bismo-edge", "bismo-cloud", "bitfusion-edge-real", "bismo-edge-real", "bismo-cloud-real"})
    for (const Precision bits : {Precision{8, 8}, Precision{2, 2}}) {
      const Priced p = priced("mobilenet_v2", shipped(machine), bits);
      for (std::size_t i = 0; i < p.jobs.size(); ++i) {
        const Roofline roof = roofline(p.jobs[i], p.results[i], p.hardware);
        EXPECT_GT(roof.attained(), 0);
        EXPECT_LE(roof.attained(), roof.ceiling() * (1 + 1e-12)) << machine << " " << i;
      }
    }
}

/// A machine with ports of 1 to 64 bits, half of them in front of DRAM.
hardware::Bismo random_narrow_machine(std::mt19937& random) {
  static const std::vector<std::string> machines{"bismo-edge", "bismo-edge-real",
                                                 "bismo-cloud-real"};
  auto hw = shipped(machines[random() % machines.size()]).as<hardware::Bismo>();
  const auto below = [&](int count) { return static_cast<int>(random() % 1024) % count; };
  const auto bits = [&] { return std::int64_t{1} << below(7); };
  hw.activation_port_bits = bits();
  hw.weight_port_bits = bits();
  if (hw.write_back == hardware::WriteBack::kNone)
    hw.write_back = hardware::WriteBack::kAccumulators;
  hw.result_port_bits = 1 + 8 * below(8);
  hw.clock_mhz = 50 + below(900);
  const bool takes_bytes = hw.activation_port_bits >= 8;
  hw.layout.im2col =
      takes_bytes && below(2) == 0 ? hardware::Im2col::kOnTheFly : hardware::Im2col::kHost;
  hw.batch = 1 + below(4);
  return hw;
}

TEST(Roofline, IsNeverPassedOnRandomMachinesWithNarrowPorts) {
  std::mt19937 random(5);
  std::set<Roof> roofs;
  for (int i = 0; i < 120; ++i) {
    const hardware::Hardware hardware(random_narrow_machine(random));
    const Precision bits{1 + static_cast<int>(random() % 8), 1 + static_cast<int>(random() % 8)};
    const Priced p = priced(i % 2 ? "mobilenet_v1" : "resnet20", hardware, bits,
                            i % 12 == 0 ? cycle() : analytic());
    for (std::size_t layer = 0; layer < p.jobs.size(); ++layer) {
      const Roofline roof = roofline(p.jobs[layer], p.results[layer], p.hardware);
      EXPECT_LE(roof.attained(), roof.ceiling() * (1 + 1e-12))
          << i << " " << p.jobs[layer].layer.name << " " << to_text(roof.roof());
      roofs.insert(roof.roof());
    }
  }
  EXPECT_GE(roofs.size(), 2U) << "memory's and the ports'";
}

TEST(Roofline, HasRoofsOfPortsAndOfDram) {
  auto hw = shipped("bismo-cloud-real").as<hardware::Bismo>();
  const auto roofs = [&] { return roofs_of(hardware::Hardware(hw)); };
  const double dram = hw.dram->peak_gigabytes_per_second() * 1e9;
  const auto ports = [&] {  // all four, in bytes a second
    return static_cast<double>(hw.activation_port_bits + hw.weight_port_bits + hw.result_port_bits +
                               hw.layout.port_bits) /
           8 * hw.clock_mhz * 1e6;
  };
  EXPECT_LT(ports(), dram);
  EXPECT_DOUBLE_EQ(roofs().port_bytes_per_second, ports());
  EXPECT_DOUBLE_EQ(roofs().bytes_per_second, dram);
  const hardware::Hardware without(shipped("bismo-edge"));
  EXPECT_FALSE(roofs_of(without).has_dram);
  EXPECT_DOUBLE_EQ(roofs_of(without).bytes_per_second, roofs_of(without).port_bytes_per_second);
}

TEST(Elasticities, OfTheTotalEnergyAddUpToOne) {
  for (const char* machine :
       {"bismo-edge", "bismo-cloud-rtl", "bitfusion-edge-real", "bismo-edge-real"}) {
    const Priced p = priced("resnet20", shipped(machine), {4, 6});
    double energy = 0, compute = 0, buffer = 0, dram = 0, leakage = 0;
    for (const Elasticity& each : energy_elasticities(p.jobs, p.results, p.hardware, {})) {
      EXPECT_GE(each.energy, -1e-9) << each.constant.name;
      EXPECT_EQ(each.latency, 0) << each.constant.name;
      energy += each.energy;
      compute += each.compute;
      buffer += each.buffer;
      dram += each.dram;
      leakage += each.leakage;
    }
    for (const double sum : {energy, compute, buffer, dram, leakage})
      EXPECT_NEAR(sum, 1, 1e-6) << machine;
  }
}

TEST(Elasticities, AreSharesOfWhatTheConstantPaysFor) {
  const Priced p = priced("resnet20", shipped("bismo-edge"), {8, 8});
  double dram = 0, all = 0;
  for (const LayerResult& result : p.results) {
    dram += result.cost.energy.dram.count();
    all += result.cost.energy.total().count();
  }
  for (const Elasticity& each : energy_elasticities(p.jobs, p.results, p.hardware, {}))
    if (each.constant.name == "dram_bit_pj") {
      EXPECT_NEAR(each.energy, dram / all, 1e-9);
    }
}

}  // namespace
}  // namespace bitloom::sim
