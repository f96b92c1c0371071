"""Augments images with torchvision v2 or Albumentations, as a data loader of PyTorch does. Reads one JSON object a line, answers with one.

Each library gets what makes it fast: torchvision works on uint8 tensors until the last step, Albumentations on uint8 arrays with its fused
operations, neither uses more threads than it is given, and two threads are two workers of a DataLoader, which is how both are used.
"""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import albumentations as A  # noqa: E402
import cv2  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
from albumentations.pytorch import ToTensorV2  # noqa: E402
from torchvision.transforms import v2  # noqa: E402

cv2.setNumThreads(1)
torch.set_num_threads(1)
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)
# Directions times deviations of AlexNet's lighting: any three do for the speed.
LIGHT = np.array([[0.55, 0.02, -0.02], [0.53, -0.01, 0.04], [0.52, -0.02, -0.02]], dtype=np.float32) * 0.25


class TorchLighting(torch.nn.Module):
    def forward(self, image):
        shift = torch.from_numpy(LIGHT) @ (0.1 * torch.randn(3))
        return (image + shift[:, None, None]).clamp_(0, 1)


class ArrayLighting(A.ImageOnlyTransform):
    """FancyPCA computes components for every image; AlexNet's are those of the data, so only a colour is added."""

    def apply(self, img, shift, **params):
        return cv2.add(img, shift)

    def get_params(self):
        return {"shift": tuple((LIGHT @ (0.1 * np.random.randn(3)) * 255).tolist()) + (0.0,)}


def torchvision_recipe(name):
    last = [v2.Normalize(MEAN, STD)]
    if name == "cifar":
        chain = [v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True)]
    else:
        chain = [
            v2.RandomResizedCrop(224, antialias=False),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(0.4, 0.4, 0.4),
            v2.ToDtype(torch.float32, scale=True),
            TorchLighting(),
        ]
    return v2.Compose(chain + last)


def albumentations_recipe(name):
    last = [A.Normalize(MEAN, STD), ToTensorV2()]
    if name == "cifar":
        chain = [A.PadIfNeeded(40, 40, border_mode=cv2.BORDER_CONSTANT), A.RandomCrop(32, 32), A.HorizontalFlip(p=0.5)]
    else:
        chain = [
            A.RandomResizedCrop((224, 224), interpolation=cv2.INTER_LINEAR),
            A.HorizontalFlip(p=0.5),
            A.ColorJitter(0.4, 0.4, 0.4, 0, p=1),
            ArrayLighting(p=1),
        ]
    return A.Compose(chain + last)


class Images(torch.utils.data.Dataset):
    def __init__(self, library, recipe, images, length):
        self.arrays = images
        self.tensors = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
        self.length = length
        self.library = library
        self.transform = (torchvision_recipe if library == "torchvision" else albumentations_recipe)(recipe)

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        at = index % len(self.arrays)
        if self.library == "torchvision":
            return self.transform(self.tensors[at])
        return self.transform(image=self.arrays[at])["image"]


def measure(task):
    side = task["side"]
    images = np.random.default_rng(1).integers(0, 256, (task["images"], side, side, 3), dtype=np.uint8)
    batch = task["batch"]
    data = Images(task["library"], task["recipe"], images, 1 << 30)
    workers = 0 if task["threads"] == 1 else task["threads"]
    loader = torch.utils.data.DataLoader(
        data, batch_size=batch, num_workers=workers, sampler=range(1 << 30), prefetch_factor=None if workers == 0 else 4
    )
    batches = iter(loader)
    for _ in range(2 + 2 * workers):
        next(batches)
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < task["seconds"]:
        next(batches)
        count += batch
    del batches, loader
    return {"imagesPerSecond": count / elapsed}


def main():
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "albumentations": A.__version__}
    for line in sys.stdin:
        task = json.loads(line)
        print(json.dumps(versions if task["do"] == "versions" else measure(task)), flush=True)


if __name__ == "__main__":
    main()
