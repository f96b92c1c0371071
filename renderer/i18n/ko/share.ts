/** Words of reports and bundles, in Korean. */
import type { Messages } from '../en.ts'

export const share: Messages['share'] = {
  open: '공유…',
  title: (count) => (count === 1 ? '이 실행 공유' : `실행 ${count}개 공유`),
  kind: '형식',
  report: '보고서',
  reportBody: '네트워크, 곡선, 표, 차이와 메모를 담은 HTML 파일 하나입니다. 인터넷 없이 어느 브라우저에서나 열립니다.',
  bundle: '번들',
  bundleBody:
    '네트워크, 설정, 지표, 체크포인트와 보고서를 담은 봉인된 파일 하나입니다. 다른 스튜디오가 가져와 이어서 학습합니다. 이미지는 들어 있지 않습니다.',
  evaluate: '보고서를 위해 테스트 이미지로 평가',
  writing: '쓰는 중…',
  save: '저장…',
  cancel: '취소',
  saved: (name) => `${name} 저장함`,
  importBundle: '번들 가져오기…',
  imported: (count) => `실행 ${count}개를 가져왔습니다`,
  warnings: {
    'dataset-missing': (run, dataset) =>
      `실행 ${run}: 데이터셋 “${dataset}”이(가) 이 컴퓨터에 없습니다. 준비되면 이어서 학습할 수 있습니다.`,
    'different-data': (run, dataset) =>
      `실행 ${run}: 이 컴퓨터의 “${dataset}” 내용이 다릅니다. 결과를 서로 견줄 수 없습니다.`,
    'parent-missing': (run) => `실행 ${run}: 갈라져 나온 실행이 번들에 없고 자체 체크포인트도 없습니다.`,
  },
}
