/** Words of engines and devices, in Korean. */
import type { Messages } from '../en.ts'

export const devices: Messages['devices'] = {
  install: (engine) => `${engine} 설치`,
  repair: '다시 설치',
  remove: '제거',
  installing: (engine) => `${engine} 설치 중`,
  installHelp: {
    'onnxruntime-cuda':
      'NVIDIA 그래픽 카드에서 학습합니다. 240 MiB를 체크섬과 함께 내려받습니다. NVIDIA 드라이버, CUDA, cuDNN은 직접 설치해야 하며, 빠진 것은 여기에 표시됩니다.',
    tensorflow:
      'TensorFlow의 연산으로 학습합니다. Python에 설치된 TensorFlow가 있으면 그것을 쓰고, 없으면 내려받습니다. npm과 C++ 컴파일러가 필요합니다.',
  },
  cancel: '설치 중지',
  working: '진행 중…',
  steps: {
    packages: '패키지를 내려받는 중…',
    library: '라이브러리를 내려받는 중…',
    unpack: '압축을 푸는 중…',
    build: '바인딩을 컴파일하는 중…',
    check: '작동하는지 확인하는 중…',
  },
}
