import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { OrcaLoadReportMessage as _xds_data_orca_v3_OrcaLoadReportMessage, OrcaLoadReport as _xds_data_orca_v3_OrcaLoadReport } from './xds/data/orca/v3/OrcaLoadReport.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  xds: {
    data: {
      orca: {
        v3: {
          OrcaLoadReport: MessageTypeDefinition<_xds_data_orca_v3_OrcaLoadReportMessage, _xds_data_orca_v3_OrcaLoadReport>
        }
      }
    }
  }
}

