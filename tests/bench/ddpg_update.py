#!/usr/bin/env python3
"""Times an update of HAQ's agent in PyTorch, for comparison with bench_haq's BM_Update.

Networks, batch, losses and optimizers are the same.
"""
import copy
import time

import torch
from torch import nn

STATE, HIDDEN, BATCH = 10, 300, 64
torch.set_num_threads(1)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(STATE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, 1)
        )

    def forward(self, state):
        return 0.5 + self.layers(state)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.of_state, self.of_action = nn.Linear(STATE, HIDDEN), nn.Linear(1, HIDDEN)
        self.rest = nn.Sequential(
            nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1)
        )

    def forward(self, state, action):
        return self.rest(self.of_state(state) + self.of_action(action))


def follow(target, source, tau=0.01):
    with torch.no_grad():
        for old, new in zip(target.parameters(), source.parameters()):
            old.lerp_(new, tau)


actor, critic = Actor(), Critic()
actor_target, critic_target = copy.deepcopy(actor), copy.deepcopy(critic)
actor_adam = torch.optim.Adam(actor.parameters(), 1e-4)
critic_adam = torch.optim.Adam(critic.parameters(), 1e-3)
memory = [torch.rand(2560, n) for n in (STATE, 1, 1, STATE, 1)]


def update():
    rows = torch.randint(0, 2560, (BATCH,))
    state, action, reward, after, goes_on = (each[rows] for each in memory)
    with torch.no_grad():
        target = reward + goes_on * critic_target(after, actor_target(after))
    critic_adam.zero_grad()
    nn.functional.mse_loss(critic(state, action), target).backward()
    critic_adam.step()
    actor_adam.zero_grad()
    chosen = actor(state)
    bound = chosen.detach()
    chosen.register_hook(lambda gradient: gradient * torch.where(gradient < 0, 1 - bound, bound))
    (-critic(state, chosen).mean()).backward()
    actor_adam.step()
    follow(actor_target, actor)
    follow(critic_target, critic)


for _ in range(100):
    update()
times = []
for _ in range(20):
    start = time.process_time()
    for _ in range(50):
        update()
    times.append((time.process_time() - start) / 50)
print(
    f"PyTorch {torch.__version__}: {min(times) * 1e3:.3f} ms an update (best of 20 means of 50, "
    "CPU time)"
)
