"""Public data sets that people ask for by name: where they come from, under which licence, how one is known."""

from dataclasses import dataclass

from clipviz.datasets import repack
from clipviz.datasets.repack import Packing

KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SEABORN = "https://raw.githubusercontent.com/mwaskom/seaborn-data/master/"
FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist/"
UNSTATED = "No licence is stated"


@dataclass(frozen=True)
class Part:
    """One file. digest: as others publish it ("sha256:..." of Keras, "md5:..." of torchvision, torchtext or the
    authors); "" where nobody does: then rows and columns are checked after reading."""

    url: str
    digest: str = ""

    @property
    def file(self) -> str:
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Named:
    """A public data set. rows, columns: what it has when it is whole. needs: the format that reads it, where that is a
    matter of pictures. packing: makes one readable file of its parts."""

    id: str
    title: str
    description: str
    target: str
    origin: str
    licence: str
    parts: tuple[Part, ...]
    rows: int
    columns: int
    packing: Packing | None = None
    ending: str = ".csv"
    needs: str = "delimited"

    @property
    def checked(self) -> str:
        """How the download is checked, in words."""
        kinds = {part.digest.partition(":")[0] for part in self.parts}
        if "" in kinds:
            return (
                f"checked by its {self.rows:,} rows and {self.columns} columns; nobody publishes a checksum"
            )
        return f"checked by {' and '.join(sorted(kinds))}"


_BOSTON = (
    "crim",
    "zn",
    "indus",
    "chas",
    "nox",
    "rm",
    "age",
    "dis",
    "rad",
    "tax",
    "ptratio",
    "b",
    "lstat",
    "medv",
)
_CALIFORNIA = ("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup",
               "Latitude", "Longitude", "MedHouseVal")  # fmt: skip
_ADULT = ("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship",
          "race", "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "income")  # fmt: skip

CATALOGUE: tuple[Named, ...] = (
    Named(
        "fashion_mnist",
        "Fashion-MNIST",
        "60,000 grey pictures of clothes, 28x28, in ten classes.",
        "label",
        "Zalando Research: Xiao, Rasul and Vollgraf (2017), github.com/zalandoresearch/fashion-mnist",
        "MIT",
        (
            Part(f"{FASHION}train-images-idx3-ubyte.gz", "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            Part(f"{FASHION}train-labels-idx1-ubyte.gz", "md5:25c81989df183df01b3e8a0aad5dffbe"),
        ),
        60_000, 1, repack.together, ".zip", "idx",
    ),
    Named(
        "mnist",
        "MNIST",
        "60,000 grey pictures of handwritten digits, 28x28.",
        "label",
        "LeCun, Cortes and Burges: yann.lecun.com/exdb/mnist",
        "CC BY-SA 3.0",
        (
            Part(f"{MNIST}train-images-idx3-ubyte.gz", "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            Part(f"{MNIST}train-labels-idx1-ubyte.gz", "md5:d53e105ee54ea40749a09fcbcd1e9432"),
        ),
        60_000, 1, repack.together, ".zip", "idx",
    ),
    Named(
        "cifar10",
        "CIFAR-10",
        "60,000 colour pictures, 32x32, of ten kinds of things.",
        "label",
        "Krizhevsky (2009), Learning multiple layers of features from tiny images: cs.toronto.edu/~kriz/cifar.html",
        f"{UNSTATED}; the authors ask to be cited",
        (
            Part(
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                "md5:c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        60_000, 1, repack.cifar, ".npz", "numpy_arrays",
    ),
    Named(
        "imdb",
        "IMDB reviews",
        "50,000 film reviews, half of them positive: tell the sentiment from the text.",
        "sentiment",
        "Maas et al. (2011), Learning word vectors for sentiment analysis: ai.stanford.edu/~amaas/data/sentiment",
        f"{UNSTATED}; the authors ask to be cited",
        (
            Part(
                "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                "md5:7c2ac02c03563afcf9b574c7e56c153a",
            ),
        ),
        50_000, 2, repack.reviews,
    ),
    Named(
        "boston_housing",
        "Boston housing",
        "506 districts of 1970, 13 measurements; predict the median house value (thousand dollars, capped at 50). Its "
        "column b rests on a racist assumption: a subject for study, no model for decisions.",
        "medv",
        "Harrison and Rubinfeld (1978), StatLib, as Keras hosts it",
        UNSTATED,
        (
            Part(
                f"{KERAS}boston_housing.npz",
                "sha256:f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
            ),
        ),
        506, 14, repack.arrays(_BOSTON),
    ),
    Named(
        "california_housing",
        "California housing",
        "20,640 districts of 1990, 8 measurements with heavy tails; predict the median house value (dollars).",
        "MedHouseVal",
        "Pace and Barry (1997), StatLib, as Keras hosts it",
        UNSTATED,
        (
            Part(
                f"{KERAS}california_housing.npz",
                "sha256:1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
            ),
        ),
        20_640, 9, repack.arrays(_CALIFORNIA),
    ),
    Named(
        "diamonds",
        "Diamonds",
        "53,940 diamonds: weight, cut, colour, clarity and sizes, some of them impossible; predict the price.",
        "price",
        "ggplot2, as seaborn-data hosts it",
        "MIT",
        (Part(f"{SEABORN}diamonds.csv"),),
        53_940, 10,
    ),
    Named(
        "titanic",
        "Titanic",
        "891 passengers with missing ages and cabins; predict who survived.",
        "survived",
        "Kaggle's training part, as seaborn-data hosts it",
        UNSTATED,
        (Part(f"{SEABORN}titanic.csv"),),
        891, 15,
    ),
    Named(
        "adult",
        "Adult (census income)",
        "32,561 people of the census of 1994; predict whether somebody earns more than 50,000 dollars.",
        "income",
        "Becker and Kohavi (1996), UCI Machine Learning Repository",
        "CC BY 4.0",
        (Part("https://archive.ics.uci.edu/ml/machine-learning-databases/adult/adult.data"),),
        32_561, 15, repack.headed(_ADULT),
    ),
    Named(
        "iris",
        "Iris",
        "150 flowers, 4 lengths; tell three species apart.",
        "species",
        "Fisher (1936), as seaborn-data hosts it",
        "CC BY 4.0",
        (Part(f"{SEABORN}iris.csv"),),
        150, 5,
    ),
    Named(
        "penguins",
        "Palmer penguins",
        "344 penguins of three species, with missing values.",
        "species",
        "Gorman, Williams and Fraser (2014), as seaborn-data hosts it",
        "CC0",
        (Part(f"{SEABORN}penguins.csv"),),
        344, 7,
    ),
)  # fmt: skip
