/**
 * Fashion-MNIST: photographs of clothing, shrunk. H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for
 * Benchmarking Machine Learning Algorithms, arXiv:1708.07747. SHA-256 of the four files as published; Debian's package holds the
 * same compressed data behind another gzip header, so its files have other hashes and the same fingerprint.
 */
import { idxDataset } from './idx-source.ts'

export const fashionMnist = idxDataset({
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  summary: 'Clothing, grey, 28x28: as small as MNIST and much harder',
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  debianPackage: 'dataset-fashion-mnist',
  otherFolders: ['FashionMNIST/raw'],
  download: {
    mirrors: [
      'https://fashion-mnist.s3.eu-central-1.amazonaws.com/',
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 26_421_880,
        sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 29_515,
        sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 4_422_102,
        sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 5_148,
        sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      },
    ],
  },
})
