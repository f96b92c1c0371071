/** Words of the strip below the canvas: layers, problems, advice, receptive field; in Korean. */
import type { Messages } from '../en.ts'

export const analysis: Messages['analysis'] = {
  strip: '분석',
  layers: '레이어',
  problems: '문제',
  advice: '조언',
  field: '수용 영역',
  resize: '분석 영역 높이',
  collapse: '분석 숨기기',
  expand: '분석 보기',
  overlay: '노드 색상 기준',
  overlays: { none: '종류', params: '매개변수', macs: '곱셈-덧셈', memory: '메모리', field: '수용 영역' },
  memory: '메모리',
  memoryHelp: '이미지 한 장에 대해 레이어 출력이 차지하는 메모리',
  total: (layers) => `합계 ${layers}개`,
  noProblems: '문제가 없습니다. 모두 맞습니다.',
  noAdvice: '덧붙일 조언이 없습니다.',
  go: (name) => `${name} 보기`,
  fixes: {
    flatten: 'Flatten 추가',
    projection: '투영 끼워 넣기',
    padding: '패딩 맞추기',
    classes: '클래스 수 맞추기',
    'image-size': '이미지 크기 맞추기',
    setting: '설정 바꾸기',
  },
  setTo: (setting, value) => `${setting}: “${value}”(으)로 설정`,
  opening: (fix, block) => `${block} 편집 가능하게 하고: ${fix}`,
  noFix: '한 번에 고칠 방법이 없습니다. 설명대로 바꾸세요.',
  fixDone: (what) => `${what}: 완료`,
  adviceTitles: {
    'large-kernel': ({ where, kernel, count }) =>
      `${where}: 3×3 합성곱 ${count}개는 ${kernel}×${kernel} 하나만큼 넓게 봅니다`,
    'no-bottleneck': ({ where, kernel }) => `${where}: 병목 없는 ${kernel}×${kernel} 합성곱은 비쌉니다`,
    'no-shortcuts': ({ count }) => `지름길 없이 레이어 ${count}개`,
    saturating: ({ count }) => `포화 활성화 함수 ${count}개가 이어집니다`,
    'dense-heavy': ({ where, share }) => `${where}이(가) 전체 매개변수의 ${share}를 차지합니다`,
  },
  adviceBodies: {
    'large-kernel': ({ count, share, before, after }) =>
      `가중치가 ${before}개에서 ${after}개로 줄고 곱셈-덧셈이 ${share} 적으며, 활성화도 하나 대신 ${count}개가 됩니다.`,
    'no-bottleneck': ({ count, share, before, after }) =>
      `앞에 채널 ${count}개로 줄이는 1×1 합성곱을 두면 가중치가 ${before}개에서 ${after}개로 줄고 곱셈-덧셈을 ${share} 아낍니다.`,
    'no-shortcuts': () =>
      '레이어를 이만큼 단순히 쌓은 네트워크는 더 얕은 것보다 학습이 나쁩니다. 되돌아오는 기울기가 사라지기 때문입니다. 잔차 블록은 기울기를 통과시킵니다. 선택 영역을 잔차 블록으로 교체해 보세요.',
    saturating: () =>
      'tanh와 시그모이드는 입력이 크면 기울기가 0에 가깝고, 기울기는 곱해집니다. 앞쪽 레이어는 거의 배우지 못합니다. ReLU는 기울기 1을 유지합니다.',
    'dense-heavy': () => 'Flatten 대신 전역 평균 풀링을 쓰면 대부분이 사라지고 어떤 크기의 이미지도 볼 수 있습니다.',
  },
  fieldNone: '레이어를 선택하면 한 유닛이 이미지의 얼마만큼을 보는지 표시됩니다.',
  fieldNoData: '학습 패널에서 데이터셋을 고르면 이미지 위에 표시됩니다.',
  fieldGlobal: (name) => `${name}의 모든 유닛은 이미지 전체를 봅니다.`,
  fieldOf: (name, height, width, imageHeight, imageWidth) =>
    `${name}의 한 유닛은 ${imageHeight} × ${imageWidth}픽셀 중 ${height} × ${width}픽셀을 봅니다.`,
  fieldStride: (rows, columns) => `다음 유닛은 ${rows === columns ? rows : `${rows} × ${columns}`}픽셀 옆을 봅니다.`,
  fieldUnit: (row, column) => `${row}행 ${column}열의 유닛`,
  fieldHint: '이미지를 클릭하거나 화살표 키로 다른 유닛을 고르세요.',
  fieldImage: '수용 영역을 표시한 예시 이미지',
  nextImage: '다른 이미지',
}
